import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, type BuildOptions } from 'rolldown';
import { recordedWorld } from '../../servers/infisical/recorded-world.ts';
import { findNode } from '../nodes.ts';
import { median } from '../statistics.ts';
import { time } from '../stopwatch.ts';
import { ENVIRONMENT } from '../task.ts';
import { writeErrand } from './errand.ts';
import { installedWith } from './installed.ts';

const ROUNDS = 15;
const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
const SDK = '@infisical/sdk';

interface Subject {
  readonly name: string;
  readonly file: string;
  readonly use: boolean;
}

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly rssMb: number;
}

const run = promisify(execFile);
const entry = (name: string): string => fileURLToPath(new URL(`./${name}.ts`, import.meta.url));

/** As the agent's own bundle is made; with `external`, the SDK is left where it is installed. */
async function bundle(name: string, file: string, change: BuildOptions = {}): Promise<string> {
  const format = file.endsWith('.mjs') ? 'es' : 'cjs';
  const output = { file, format, minify: true, codeSplitting: false } as const;
  await build({ input: entry(name), platform: 'node', output, logLevel: 'silent', ...change });
  return file;
}

async function bundleAll(directory: string): Promise<readonly Subject[]> {
  const at = (file: string): string => join(directory, file);
  const external = { external: [SDK] };
  const bare = await bundle('bare', at('bare.cjs'));
  const ours = await bundle('ours', at('ours.cjs'));
  const required = await bundle('theirs', at('required.cjs'), external);
  const imported = await bundle('theirs', at('imported.mjs'), external);
  const bundled = await bundle('theirs', at('bundled.cjs'));
  return [
    { name: 'bare Node', file: bare, use: false },
    { name: 'own transport, loaded', file: ours, use: false },
    { name: 'SDK, loaded by require', file: required, use: false },
    { name: 'SDK, loaded by import', file: imported, use: false },
    { name: 'SDK, loaded from a bundle', file: bundled, use: false },
    { name: 'own transport, login and a folder', file: ours, use: true },
    { name: 'SDK by require, login and a folder', file: required, use: true },
    { name: 'SDK from a bundle, login and a folder', file: bundled, use: true },
  ];
}

/** Every subject once in each round, so that what disturbs the machine disturbs all. */
async function measure(
  program: string,
  subjects: readonly Subject[],
  environmentOf: (subject: Subject) => Readonly<Record<string, string>>,
): Promise<readonly Cost[]> {
  const costs: Cost[][] = subjects.map(() => []);
  // The first round warms the page cache and does not count.
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [index, subject] of subjects.entries()) {
      const argv = [program, subject.file];
      const env = { ...ENVIRONMENT, ...environmentOf(subject) };
      const { wallMs, cpuMs } = await time({ argv, env, files: [] });
      const { stdout } = await run(program, [subject.file], { env });
      if (round > 0) costs[index]?.push({ wallMs, cpuMs, rssMb: Number(stdout) / 1e6 });
    }
  return costs.map((rounds) => ({
    wallMs: median(rounds.map(({ wallMs }) => wallMs)),
    cpuMs: median(rounds.map(({ cpuMs }) => cpuMs)),
    rssMb: median(rounds.map(({ rssMb }) => rssMb)),
  }));
}

async function main(): Promise<void> {
  const node = await findNode(process.argv[2] ?? 'image');
  const cache = join(PROJECT, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, 'sdk-'));
  await using world = await recordedWorld();
  const { fake, project, identity } = world;
  const { clientId, clientSecret } = identity;
  const errand = { address: fake.address, clientId, clientSecret, projectId: project.id };
  try {
    const subjects = await bundleAll(directory);
    const clientSecretFile = join(directory, 'secret');
    const costs = await measure(node.file, subjects, ({ use }) =>
      writeErrand({ ...errand, clientSecretFile, use }),
    );
    const bare = costs[0] ?? { wallMs: 0, cpuMs: 0, rssMb: 0 };
    console.log(`Node ${node.version}, the median of ${ROUNDS}, over bare Node from the second line on`);
    for (const [index, { wallMs, cpuMs, rssMb }] of costs.entries()) {
      const base = index === 0 ? { wallMs: 0, cpuMs: 0, rssMb: 0 } : bare;
      const figures = [
        `${(wallMs - base.wallMs).toFixed(0)} ms wall`,
        `${(cpuMs - base.cpuMs).toFixed(0)} ms CPU`,
        `${(rssMb - base.rssMb).toFixed(1)} MB RSS`,
      ];
      console.log([subjects[index]?.name.padEnd(38), ...figures.map((text) => text.padStart(13))].join(' '));
    }
    const { packages, bytes } = installedWith(PROJECT, SDK);
    console.log(`${SDK} installs ${packages} packages, ${(bytes / 1e6).toFixed(0)} MB`);
    for (const file of ['ours.cjs', 'bundled.cjs'])
      console.log(`${file}: ${((await stat(join(directory, file))).size / 1e3).toFixed(0)} kB minified`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

await main();
