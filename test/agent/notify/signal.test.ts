import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { ProcessPattern, ReloadSignal, SignalReload } from '#contract/reload.ts';
import { NotifyError } from '../../../agent/notify/error.ts';
import { type Kernel, tellBySignal } from '../../../agent/notify/signal.ts';
import { SteeredClock } from '../steered-clock.ts';
import { type Program, startProgram } from './program.ts';

const call = (to: ProcessPattern, signal: ReloadSignal = 'SIGHUP'): SignalReload => ({
  kind: 'signal',
  signal,
  to,
});

/** Tells, and lets no time pass for whoever is told. */
async function tell(to: ProcessPattern, signal: ReloadSignal = 'SIGHUP'): Promise<void> {
  const clock = new SteeredClock();
  const telling = tellBySignal(call(to, signal), new AbortController().signal, clock);
  await Promise.all([telling, clock.advance(3000)]);
}

async function fault(to: ProcessPattern, signal: ReloadSignal = 'SIGHUP'): Promise<string> {
  const error: unknown = await tell(to, signal).catch((reason: unknown) => reason);
  if (!(error instanceof NotifyError)) throw new Error(`No fault: ${String(error)}`);
  expect(error.transient).toBe(true);
  return error.message;
}

const expectHeard = (program: Program, text: string): Promise<void> =>
  expect.poll(() => program.output, { timeout: 30_000 }).toBe(text);

describe('a process', () => {
  test.each(['SIGHUP', 'SIGUSR2', 'SIGWINCH'] as const)(
    'with the whole command line gets %s, once',
    async (signal) => {
      const program = await startProgram([signal], `server-of-${signal}`);
      const other = await startProgram([signal], `server-of-${signal}-2`);
      await tell({ commandLine: program.commandLine }, signal);
      await expectHeard(program, `ready\n${signal}\n`);
      expect(other.output).toBe('ready\n');
    },
  );

  test('that other processes were forked from gets the signal, and these do not', async () => {
    const program = await startProgram(['SIGHUP'], 'with-workers', { workers: 2 });
    const before = program.output;
    await tell({ commandLine: program.commandLine });
    await expectHeard(program, `${before}SIGHUP\n`);
  });

  test('is not told if there are several with that command line', async () => {
    const programs = [await startProgram(['SIGHUP'], 'twin'), await startProgram(['SIGHUP'], 'twin')];
    const message = await fault({ commandLine: programs[0]?.commandLine ?? '' });
    expect(message).toMatch(/^Cannot send SIGHUP to ".*": there are several such processes$/su);
    expect(programs.map(({ output }) => output)).toEqual(['ready\n', 'ready\n']);
  });

  test.each(['', ' ', ' more'])('is not meant by its command line and "%s"', async (more) => {
    const program = await startProgram(['SIGHUP'], 'exact');
    const line = program.commandLine.slice(0, more === '' ? -1 : undefined) + more;
    expect(await fault({ commandLine: line })).toMatch(
      /there is no such process; expected a whole command line, as "ps -o args" shows it$/u,
    );
    expect(program.output).toBe('ready\n');
  });

  test('that has no handler is left alone, for it would end', async () => {
    const program = await startProgram(['SIGUSR2'], 'deaf');
    expect(await fault({ commandLine: program.commandLine })).toMatch(/no handler for it, and would end$/u);
    await tell({ commandLine: program.commandLine }, 'SIGUSR2');
    await expectHeard(program, 'ready\nSIGUSR2\n');
    expect(program.child.exitCode).toBeNull();
  });

  test('that is over but not collected is none', async () => {
    const program = await startProgram(['SIGHUP'], 'dead');
    program.child.kill('SIGKILL');
    await once(program.child, 'exit');
    expect(await fault({ commandLine: program.commandLine })).toMatch(
      /there is no such process; expected a whole command line, as "ps -o args" shows it$/u,
    );
  });

  test('is found by its name', async () => {
    await expect(fault({ name: 'no-such-server' })).resolves.toBe(
      'Cannot send SIGHUP to "no-such-server": there is no such process',
    );
  });

  test('is given a moment for what the signal sets off', async () => {
    const program = await startProgram(['SIGHUP'], 'slow');
    const clock = new SteeredClock();
    const { signal } = new AbortController();
    const telling = tellBySignal(call({ commandLine: program.commandLine }), signal, clock);
    const done = telling.then(() => 'told');
    const first = (): Promise<string> => Promise.race([done, clock.settle().then(() => 'not yet')]);
    await clock.advance(1000);
    expect(await first()).toBe('not yet');
    await clock.advance(2000);
    expect(await first()).toBe('told');
  });

  test('gets nothing once nobody wants to tell it any more', async () => {
    const program = await startProgram(['SIGHUP'], 'spared');
    const signal = AbortSignal.abort();
    await expect(
      tellBySignal(call({ commandLine: program.commandLine }), signal, new SteeredClock()),
    ).rejects.toThrow(/abort/iu);
    expect(program.output).toBe('ready\n');
  });
});

describe('a process that ends while it is looked at', () => {
  const entry = (startedAt: string) => ({ pid: 7, parent: 1, startedAt, name: 'server', words: ['server'] });
  const kernel = (change: Partial<Kernel>): { kernel: Kernel; killed: number[] } => {
    const killed: number[] = [];
    const whole: Kernel = {
      list: () => [entry('1')],
      read: () => entry('1'),
      expects: () => true,
      kill: (pid) => killed.push(pid),
      ...change,
    };
    return { kernel: whole, killed };
  };
  const signal = async (change: Partial<Kernel>): Promise<[killed: number[], message: string]> => {
    const { kernel: system, killed } = kernel(change);
    const clock = new SteeredClock();
    const telling = tellBySignal(call({ name: 'server' }), new AbortController().signal, clock, system);
    const message = telling.then(
      () => 'told',
      (error: unknown) => String(error),
    );
    await clock.advance(3000);
    return [killed, await message];
  };

  test('gets the signal if it does not', async () => {
    expect(await signal({})).toEqual([[7], 'told']);
  });

  test.each([
    ['is over', undefined],
    ['has left its number to another', entry('2')],
  ])('gets none if it %s', async (_, now) => {
    const [killed, message] = await signal({ read: () => now });
    expect(killed).toEqual([]);
    expect(message).toMatch(/the process has just ended$/u);
  });

  test('gets none if what it makes of signals cannot be seen', async () => {
    const gone = (): never => {
      throw new Error('ENOENT');
    };
    expect((await signal({ expects: gone }))[0]).toEqual([]);
  });

  test('is a fault with the reason of the system', async () => {
    const refuse = (): never => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    };
    expect((await signal({ kill: refuse }))[1]).toMatch(/it runs as another user than the agent$/u);
  });
});
