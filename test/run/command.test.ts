import { describe, expect, test } from 'vitest';
import { execute } from './command.ts';

describe('a command of the test run', () => {
  test('keeps both outputs, in order, and the exit code', async () => {
    const { code, output } = await execute(['sh', '-c', 'echo one; echo two >&2; exit 3']);
    expect({ code, output }).toEqual({ code: 3, output: 'one\ntwo\n' });
  });

  test('loses its colours', async () => {
    expect((await execute(['printf', '\\033[31mred\\033[0m'])).output).toBe('red');
  });

  test('has no standard input', async () => {
    expect(await execute(['cat'])).toEqual({ code: 0, output: '' });
  });

  test('gets the environment and what is added to it', async () => {
    const { output } = await execute(['sh', '-c', 'echo "$ADDED ${PATH:+path}"'], {
      environment: { ADDED: 'x' },
    });
    expect(output).toBe('x path\n');
  });

  test('ends with 127 and a message if there is no such program', async () => {
    const { code, output } = await execute(['no-such-program']);
    expect(code).toBe(127);
    expect(output).toContain('Cannot run no-such-program');
  });

  test('is stopped with all its children after its time', async () => {
    const start = performance.now();
    const { code, output } = await execute(['sh', '-c', 'echo begun; sleep 60 & sleep 60'], {
      timeoutMs: 200,
    });
    expect(code).toBe(124);
    expect(output).toContain('begun');
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
