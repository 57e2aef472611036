import { existsSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { tellByCommand } from '../../../agent/notify/command.ts';
import { NotifyError } from '../../../agent/notify/error.ts';
import { aDirectory } from './program.ts';

const NOW = Date.parse('2026-05-01T00:00:00Z');

const tell = (words: readonly string[], signal = new AbortController().signal): Promise<void> =>
  tellByCommand({ kind: 'command', words }, signal, () => NOW);

async function fault(words: readonly string[]): Promise<NotifyError> {
  const error: unknown = await tell(words).catch((reason: unknown) => reason);
  if (!(error instanceof NotifyError)) throw new Error(`No fault: ${String(error)}`);
  return error;
}

/** A program of Node's. */
const node = (text: string, ...options: string[]): string[] => [process.execPath, '-e', text, ...options];

/** Which of the processes are not over whose numbers a file holds. */
function aliveOf(file: string): string[] {
  const isAlive = (pid: string): boolean =>
    existsSync(`/proc/${pid}`) && !/\) Z /u.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return readFileSync(file, 'utf8').split(' ').filter(isAlive);
}

describe('a command', () => {
  test('gets its words as they are, for there is no shell', async () => {
    const file = join(aDirectory(), 'words');
    const words = ['a b', '$HOME', '$(id)', '*', ';', '"', ''];
    await tell(node(`fs.writeFileSync('${file}', JSON.stringify(process.argv.slice(1)))`, ...words));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(words);
  });

  test('gets nothing of the environment', async () => {
    process.env['SIDEKEY_CANARY'] = 'canary';
    onTestFinished(() => {
      delete process.env['SIDEKEY_CANARY'];
    });
    const file = join(aDirectory(), 'environment');
    await tell(node(`fs.writeFileSync('${file}', JSON.stringify([process.env, process.cwd()]))`));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([
      { PATH: expect.stringContaining('/usr/bin') },
      '/',
    ]);
  });

  test.each([
    [node('process.exit(3)', 'canary'), 'it ended with 3'],
    [node("process.kill(process.pid, 'SIGUSR2')"), 'it ended with SIGUSR2'],
  ])('that fails is a fault that may pass: %#', async (words, message) => {
    const error = await fault(words);
    expect(error.message).toBe(`Cannot run the command ${process.execPath}: ${message}`);
    expect(error.transient).toBe(true);
  });

  test('that is not there is one that does not', async () => {
    const error = await fault(['no-such-program', 'canary']);
    expect(error.message).toBe(
      "Cannot run the command no-such-program: the agent's image has no such program (ENOENT)",
    );
    expect(error.transient).toBe(false);
  });

  test('is ended, with what it has started, when its time is over', async () => {
    const file = join(aDirectory(), 'pids');
    const child = `require('child_process').spawn('sleep', ['1000'])`;
    const text = `fs.writeFileSync('${file}', process.pid + ' ' + ${child}.pid); setInterval(() => 0, 1000)`;
    const abort = new AbortController();
    const telling = tell(node(text), abort.signal);
    await expect
      .poll(() => existsSync(file) && readFileSync(file, 'utf8'), { timeout: 10_000 })
      .toMatch(/ \d/u);
    abort.abort(new Error('Time is over'));
    await expect(telling).rejects.toThrow('Time is over');
    await expect.poll(() => aliveOf(file), { timeout: 30_000 }).toEqual([]);
  });

  test('leaves nothing running behind it', async () => {
    const file = join(aDirectory(), 'pids');
    const child = `require('child_process').spawn('sleep', ['1000'], { stdio: 'ignore' })`;
    await tell(
      node(`const child = ${child}; fs.writeFileSync('${file}', String(child.pid)); process.exit()`),
    );
    await expect.poll(() => aliveOf(file), { timeout: 30_000 }).toEqual([]);
  });

  test('does not begin when nobody wants it any more', async () => {
    const file = join(aDirectory(), 'made');
    const aborted = AbortSignal.abort(new Error('Too late'));
    await expect(tell(node(`fs.writeFileSync('${file}', '')`), aborted)).rejects.toThrow('Too late');
    expect(existsSync(file)).toBe(false);
  });
});

describe('touch', () => {
  test('needs no program: it shows a file as changed, also through a link, and leaves it as it is', async () => {
    const directory = aDirectory();
    const file = join(directory, 'file');
    writeFileSync(file, 'content', { mode: 0o400 });
    utimesSync(file, 1, 1);
    symlinkSync(file, join(directory, 'link'));
    await tell(['touch', join(directory, 'link')]);
    expect(statSync(file).mtimeMs).toBe(NOW);
    expect(readFileSync(file, 'utf8')).toBe('content');
  });

  test('makes files that are not there', async () => {
    const directory = aDirectory();
    await tell(['touch', join(directory, 'one'), join(directory, 'two')]);
    expect(readFileSync(join(directory, 'one'), 'utf8') + readFileSync(join(directory, 'two'), 'utf8')).toBe(
      '',
    );
  });

  test('of a place that does not exist is a fault', async () => {
    expect((await fault(['touch', '/nonexistent/file'])).message).toBe(
      'Cannot touch /nonexistent/file: ENOENT',
    );
  });
});
