import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';

/** Signals arrive in no order; what one would do is done by then. */
const SETTLE_MS = 300;

type Child = ChildProcessByStdio<null, Readable, null>;

function start(...args: string[]): { child: Child; lines: AsyncIterator<string> } {
  const script = join(import.meta.dirname, 'lifecycle-process.ts');
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

test.each(['SIGTERM', 'SIGINT'] as const)('the first %s aborts the signal and ends nothing', async (name) => {
  const { child, lines } = start();
  await lines.next();
  child.kill(name);
  expect(await lines.next()).toMatchObject({ value: `Received ${name}` });
  expect(child.exitCode).toBeNull();
});

test.each([
  ['SIGTERM', 'SIGTERM', 143],
  ['SIGTERM', 'SIGINT', 130],
  ['SIGINT', 'SIGTERM', 143],
] as const)('after %s, %s ends the process at once', async (first, second, code) => {
  const { child, lines } = start();
  await lines.next();
  child.kill(first);
  await lines.next();
  child.kill(second);
  expect(await once(child, 'exit')).toEqual([code, null]);
});

test.each(['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const)(
  '%s, which tells others to read their files again, neither ends a process nor opens it to a debugger',
  async (name) => {
    const { child, lines } = start();
    await lines.next();
    child.kill(name);
    await sleep(SETTLE_MS);
    child.kill('SIGTERM');
    expect(await lines.next()).toMatchObject({ value: 'Received SIGTERM' });
  },
);

test('listening for signals does not keep a process alive', async () => {
  const { child } = start('idle');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
