import { type ChildProcess, spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findOpenBao } from '../../servers/openbao-binary.ts';
import type { OpenBaoServer } from '../../servers/openbao.ts';
import { type Case, ENVIRONMENT } from './corpus.ts';

/** What one run of the real agent left behind. */
export interface AgentRun {
  readonly exitCode: number | null;
  readonly log: string;
  /** By the name of the case; only what was rendered. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export interface RunOptions {
  /** Where each case is rendered to; in a directory of the run, unless said otherwise. */
  readonly destinationOf?: (name: string) => string;
  /**
   * Goes on after a bad template until this one is rendered, which has to come last. The real agent crashes when one
   * template fails twice: all have to read one and the same secret, and no other.
   */
  readonly last?: Case;
}

interface Run {
  readonly directory: string;
  readonly server: OpenBaoServer;
  readonly place: (name: string) => string;
  readonly last: Case | undefined;
  /** Of the cases before it. */
  readonly names: readonly string[];
}

/** Runs `bao agent` over some templates at once until it has rendered all of them, or given up on the first bad one. */
export async function runBaoAgent(
  server: OpenBaoServer,
  cases: readonly Case[],
  { destinationOf, last }: RunOptions = {},
): Promise<AgentRun> {
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-templates-'));
  const place = destinationOf ?? ((name: string) => join(directory, 'out', name));
  const run = { directory, server, place, last, names: cases.map(({ name }) => name) };
  try {
    await writeInputs(run, last ? [...cases, last] : cases);
    const { exitCode, log } = await launch(run);
    return { exitCode, log, files: await readOutputs(place, cases) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function writeInputs({ directory, server, place, last }: Run, cases: readonly Case[]): Promise<void> {
  await mkdir(join(directory, 'out'));
  await writeFile(join(directory, 'token'), server.rootToken);
  await Promise.all(cases.map(({ name, source }) => writeFile(join(directory, `${name}.tmpl`), source.text)));
  const config = {
    vault: { address: server.address },
    auto_auth: { method: [{ type: 'token_file', config: { token_file_path: join(directory, 'token') } }] },
    template_config: { exit_on_retry_failure: true },
    template: cases.map(({ name, source: { left, right, errorOnMissingKey = false } }) => ({
      source: join(directory, `${name}.tmpl`),
      destination: place(name),
      left_delimiter: left,
      right_delimiter: right,
      error_on_missing_key: errorOnMissingKey,
      error_fatal: last === undefined,
    })),
    exit_after_auth: last === undefined,
  };
  await writeFile(join(directory, 'agent.json'), JSON.stringify(config));
}

async function launch({ directory, place, last, names }: Run): Promise<{ exitCode: number | null; log: string }> {
  const binary = await findOpenBao();
  const [file, ...args] = binary.command(directory, 0, ['agent', `-config=${join(directory, 'agent.json')}`]);
  const child = spawn(file, args, { env: { HOME: directory, ...ENVIRONMENT }, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
  }
  const unfinished = async (some: readonly string[]): Promise<readonly string[]> => {
    const told = new Set(Array.from(log.matchAll(/\/([^/\s]+)\.tmpl: /gu), ([, name]) => name));
    const there = await Promise.all(some.map((name) => exists(place(name))));
    return some.filter((name, index) => !there[index] && !told.has(name));
  };
  if (last) void endAfter(child, unfinished, { last: last.name, names });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  return { exitCode, log };
}

/** Most errors are logged a moment after the next template was rendered; of what the agent never comes to speak nothing is. */
const LAST_WORDS_MS = 5000;

/** Ends the agent when the last file is there, and each of the others is, or an error of it in the log. */
async function endAfter(
  child: ChildProcess,
  unfinished: (names: readonly string[]) => Promise<readonly string[]>,
  { last, names }: { readonly last: string; readonly names: readonly string[] },
): Promise<void> {
  while (child.exitCode === null && (await unfinished([last])).length > 0) await sleep(20);
  const deadline = performance.now() + LAST_WORDS_MS;
  let rest = await unfinished(names);
  while (child.exitCode === null && rest.length > 0 && performance.now() < deadline) {
    await sleep(20);
    rest = await unfinished(rest);
  }
  child.kill('SIGKILL');
}

const exists = (file: string): Promise<boolean> => access(file).then(
  () => true,
  () => false,
);

async function readOutputs(place: Run['place'], cases: readonly Case[]): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await Promise.all(
    cases.map(async ({ name }) => {
      const content = await readFile(place(name)).catch(() => undefined);
      return content === undefined ? [] : [[name, content] as const];
    }),
  );
  return new Map(entries.flat());
}
