import { spawn } from 'node:child_process';
import { chmod, copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../run/command.ts';
import { imageNode } from './base-image.ts';

/** One of our bundles as a process, as its image runs it: that Node, that user, no privilege to be had. */
export interface BundleProcess extends AsyncDisposable {
  readonly pid: number;
  /** What it has printed so far, both streams. */
  output(): string;
  /** The exit code once it has ended; null after a signal. */
  readonly exited: Promise<number | null>;
}

export interface BundleOptions {
  readonly name: 'agent' | 'injector';
  readonly args?: readonly string[];
  /** All of it: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What each image holds beside Node. */
const FILES = { agent: /^(?:agent.*|sync)\.cjs$/u, injector: /^injector\.cjs$/u } as const;

/** Of the images, and owner of what they write. */
export const NONROOT = 65_532;

const PRIVILEGES = [
  '--reuid',
  String(NONROOT),
  '--regid',
  String(NONROOT),
  '--clear-groups',
  '--no-new-privs',
];

/** Starts a bundle of `dist/` as uid 65532, which needs root. Disposing of it sends SIGTERM and waits. */
export async function startBundle({ name, args = [], environment }: BundleOptions): Promise<BundleProcess> {
  // The clone and the cache may lie where only root may look.
  const directory = await mkdtemp(join(tmpdir(), `sidekey-${name}-`));
  await chmod(directory, 0o755);
  const node = join(directory, 'node');
  const bundle = join(directory, `${name}.cjs`);
  await copyFile(await imageNode(), node);
  const built = await readdir(join(ROOT, 'dist'));
  for (const file of built.filter((each) => FILES[name].test(each)))
    await copyFile(join(ROOT, 'dist', file), join(directory, file));
  const command = [...PRIVILEGES, '--pdeathsig', 'KILL', node, bundle, ...args];
  const child = spawn('setpriv', command, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return {
    pid: child.pid ?? 0,
    exited,
    output: () => Buffer.concat(chunks).toString('utf8'),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
