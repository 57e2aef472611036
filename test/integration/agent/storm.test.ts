import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLittleServer } from '../../agent/notify/little-server.ts';
import { entriesOf } from '../../agent/render/volume.ts';
import { eventually } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { SIZES } from './faults/rows/ends.ts';
import { furnish, Pod } from './stage.ts';
import { tell } from './telling.ts';

const PATIENCE_MS = 120_000;

const SECRETS = ['a', 'b', 'c', 'd', 'e'];
/** Of each secret, one after another, all secrets at the same time. */
const WRITES = 200;

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
});

afterAll(() => bao.stop());

const write = (name: string, version: number): Promise<unknown> =>
  bao.api('POST', `secret/data/ml/storm-${name}`, { data: { key: `${name}${version}` } });

const keyOf = (name: string): string =>
  `{{ with secret "secret/data/ml/storm-${name}" }}{{ .Data.data.key }}{{ end }}`;

/** A file of one secret, many times; whole if it is the same everywhere. */
const LINES = 2000;
const isWhole = (text: string): boolean => {
  const [first = ''] = text.split('\n');
  return first !== '' && text === `${first}\n`.repeat(LINES);
};

interface Seen {
  looks: number;
  broken: number;
  missing: number;
  mixed: number;
  generations: number;
}

/** What an application does all the time until it is told to stop. */
async function look(volume: string, stop: AbortSignal): Promise<Seen> {
  const seen = { looks: 0, broken: 0, missing: 0, mixed: 0, generations: 0 };
  while (!stop.aborted) {
    seen.looks += 1;
    for (const name of SECRETS) {
      const text = read(join(volume, name));
      if (text === undefined) seen.missing += 1;
      else if (!isWhole(text)) seen.broken += 1;
    }
    const set = join(volume, readlinkSync(join(volume, '..data')));
    const [list, ...single] = ['all', ...SECRETS].map((name) => read(join(set, name)));
    // The set may be replaced meanwhile.
    if (list !== undefined && !single.includes(undefined))
      seen.mixed += list === single.map((text) => text?.split('\n')[0]).join(' ') ? 0 : 1;
    const names = readdirSync(volume).filter((name) => name.startsWith('..generation-'));
    seen.generations = Math.max(seen.generations, names.length);
    await turn();
  }
  return seen;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

async function residentMiB({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+)/mu.exec(status)?.[1]) / 1024;
}

test('in a storm of changes every look finds whole files and one set, and the last of each secret arrives', async () => {
  await Promise.all(SECRETS.map((name) => write(name, 0)));
  const repeated = (name: string): string => `{{ range loop ${LINES} }}${keyOf(name)}\n{{ end }}`;
  const templates = Object.fromEntries(SECRETS.map((name) => [name, repeated(name)]));
  await using pod = await Pod.create(bao, {
    pollMs: 100,
    templates: { ...templates, all: SECRETS.map(keyOf).join(' ') },
  });
  const told: string[] = [];
  await using server = await startLittleServer(async () => void told.push(await pod.read('all')));
  tell(pod, server.url, { deadlineMs: 600_000 });
  const agent = pod.start('run');
  await pod.ready(PATIENCE_MS);
  const volume = join(pod.directory, 'secrets');
  const stop = new AbortController();
  const looking = look(volume, stop.signal);
  await Promise.all(
    SECRETS.map(async (name) => {
      for (let version = 1; version <= WRITES; version += 1) await write(name, version);
    }),
  );
  const last = SECRETS.map((name) => `${name}${WRITES}`).join(' ');
  await eventually('the last of all', PATIENCE_MS, async () => expect(await pod.read('all')).toBe(last));
  await eventually('who was told of it', PATIENCE_MS, async () => expect(told.at(-1)).toBe(last));
  stop.abort();
  await expect.poll(() => pod.output, { timeout: PATIENCE_MS }).toContain(SIZES.storm.log);
  expect(await looking).toMatchObject({ broken: 0, missing: 0, mixed: 0, generations: 2 });
  expect(entriesOf(volume)).toEqual(['..data', '<generation>', ...SECRETS, 'all'].toSorted());
  const pauses = server.heard.map(({ at }, index) => at - (server.heard[index - 1]?.at ?? 0)).slice(1);
  // 100 ms at least, as timers count.
  expect(Math.min(...pauses)).toBeGreaterThan(90);
  expect(await residentMiB(agent)).toBeLessThan(192);
}, 600_000);
