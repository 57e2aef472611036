import { expect, test } from 'vitest';
import { Crew } from '../../../deploy/demo/crew.ts';

const node = (script: string): { argv: readonly string[]; env: Record<string, string> } => ({
  argv: [process.execPath, '-e', script],
  env: {},
});

const STAY = 'console.log("up"); setInterval(() => {}, 1000)';
const NEVER = new AbortController().signal;

const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a process that ends unasked breaks the crew, and its last words tell why', async () => {
  await using crew = new Crew();
  await crew.start('the server', node('console.error("no port"); process.exitCode = 3'));
  await new Promise((resolve) => crew.signal.addEventListener('abort', resolve));
  expect(String(crew.signal.reason)).toBe('Error: the server ended by itself (exit code 3)\nno port');
});

test('disposing of a crew ends its processes, the last first, and is no fault', async () => {
  const crew = new Crew();
  const first = await crew.start('first', node(STAY));
  const last = await crew.start('last', node(STAY));
  await crew[Symbol.asyncDispose]();
  expect([first.pid, last.pid].map(runs)).toEqual([false, false]);
  expect(crew.signal.aborted).toBe(false);
});

test('a process that is deaf to SIGTERM is killed', async () => {
  const crew = new Crew(100);
  const deaf = await crew.start('deaf', node(`process.on("SIGTERM", () => {}); ${STAY}`));
  await deaf.output.line(/^up$/mu, NEVER);
  await crew[Symbol.asyncDispose]();
  expect(runs(deaf.pid)).toBe(false);
});

test('a line of the output can be waited for, whole though it comes in pieces', async () => {
  await using crew = new Crew();
  const server = await crew.start(
    'server',
    node(
      'process.stdout.write("port 1"); setTimeout(() => process.stdout.write("23\\n"), 50); setInterval(() => {}, 1000)',
    ),
  );
  expect(await server.output.line(/^port (\d+)$/mu, NEVER)).toBe('123');
});

test('waiting for a line ends with the signal', async () => {
  await using crew = new Crew();
  const server = await crew.start('server', node(STAY));
  await expect(server.output.line(/never/u, AbortSignal.timeout(50))).rejects.toThrow('timeout');
});

test('a program that is not there is a clear failure', async () => {
  await using crew = new Crew();
  await expect(crew.start('it', { argv: ['/no/such/program'], env: {} })).rejects.toThrow(
    'Cannot start it: spawn /no/such/program ENOENT',
  );
});

test('a process sees nothing of our environment', async () => {
  await using crew = new Crew();
  const { argv } = node(`console.log("env " + Object.keys(process.env).length); ${STAY}`);
  const server = await crew.start('server', { argv, env: { ONE: '1' } });
  expect(await server.output.line(/^env (\d+)$/mu, NEVER)).toBe('1');
});
