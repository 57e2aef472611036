import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Effort, type PerContender, POLL_MS, type Subject } from './measure.ts';
import { type Resident, startResident } from './resident.ts';
import { CERTIFICATE_TTL_S } from './world.ts';

const LOOK_MS = 10;

/** How much of its life each certificate had left when the next one stood in the file, in percent; below 0 it had ended. */
export async function measureLifeLeft(
  { world, contenders }: Subject,
  effort: Effort,
): Promise<PerContender<number>> {
  const task = { mode: 'run', secrets: 0, certificate: true, pollMs: 60 * POLL_MS } as const;
  await using cleanup = new AsyncDisposableStack();
  const agents: Resident[] = [];
  for (const contender of contenders)
    agents.push(cleanup.use(await startResident(await contender.prepare(task, await world.makeDirectory()))));
  return await Promise.all(agents.map(({ files }) => watch(files[0] ?? '', effort.certificatesMs)));
}

async function watch(file: string, forMs: number): Promise<readonly number[]> {
  const left: number[] = [];
  const end = performance.now() + forMs;
  let before = await readFile(file, 'utf8');
  while (performance.now() < end) {
    await sleep(LOOK_MS);
    const text = await readFile(file, 'utf8');
    if (text === before) continue;
    const endsAt = new X509Certificate(before).validToDate.getTime();
    left.push((endsAt - Date.now()) / (CERTIFICATE_TTL_S * 10));
    before = text;
  }
  return left;
}
