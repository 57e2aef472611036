import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const TIMEOUT_MS = 300_000;

/** Everything the demo makes on disk lies below it, so that what it leaves behind can be found. */
let scratch = '';

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sidekey-demo-test-'));
  // As a usual TMPDIR: the agent is another user.
  await chmod(scratch, 0o755);
});

afterEach(async () => {
  await rm(scratch, { recursive: true, force: true });
});

interface Demo {
  readonly process: ChildProcess;
  /** Waits for the output to match; returns the first group. */
  shows(pattern: RegExp): Promise<string>;
  /** The exit code and all it printed. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

/** What the user types. */
const NPM = ['npm', 'run', '--silent', 'demo', '--'];
/** What npm runs, for its own exit code: npm's is the shell's, which Ctrl-C ends by the signal. */
const NODE = ['node', 'deploy/demo/main.ts'];

/** Runs a command in a process group of its own, as a terminal does. */
function startDemo(command: readonly string[], environment: NodeJS.ProcessEnv = {}): Demo {
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    detached: true,
    // npm keeps compiled code in TMPDIR, which is no business of the demo.
    env: { ...process.env, TMPDIR: scratch, NODE_DISABLE_COMPILE_CACHE: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const readers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const read of readers) read();
    });
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
  const shows = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const read = (): void => {
        const match = pattern.exec(output);
        if (match !== null) resolve(match[1] ?? '');
      };
      readers.add(read);
      void ended.then(() => reject(new Error(`The demo never showed ${String(pattern)}:\n${output}`)));
      read();
    });
  return { process: child, shows, ended };
}

/** As Ctrl-C: the terminal signals every process of the group. */
const interrupt = (demo: Demo): boolean => process.kill(-(demo.process.pid ?? 0), 'SIGINT');

/** Processes that were named in the output or know of the demo's directory. */
async function processesLeft(output: string): Promise<string[]> {
  const named = new Set([...output.matchAll(/PID (\d+)/gu)].map(([, pid]) => pid ?? ''));
  const left: string[] = [];
  for (const pid of (await readdir('/proc')).filter(
    (name) => /^\d+$/u.test(name) && name !== `${process.pid}`,
  )) {
    const [command = '', environment = ''] = await Promise.all(
      ['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
    );
    if (named.has(pid) || command.includes(scratch) || environment.includes(scratch))
      left.push(`${pid} ${command}`);
  }
  return left;
}

async function expectNothingLeft(output: string): Promise<void> {
  expect(await processesLeft(output)).toEqual([]);
  expect(await readdir(scratch)).toEqual([]);
  expect((await readdir('/dev/shm')).filter((name) => name.startsWith('sidekey-demo-'))).toEqual([]);
  expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(scratch);
}

test(
  'once through, the model server answers to the new key with the same PID and model',
  async () => {
    const { code, output } = await startDemo([...NPM, '--once']).ended;
    expect(output).toContain('QoS class BestEffort, as before');
    expect(output).toMatch(/sidekey_agent_first_render_seconds \d+\.\d+/u);
    expect(output).toContain('same PID, same model; the old key');
    expect(code).toBe(0);
    await expectNothingLeft(output);
  },
  TIMEOUT_MS,
);

test(
  'where no namespace is allowed it says so and goes on below a path prefix',
  async () => {
    const without = ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-sys_admin'];
    const { code, output } = await startDemo([...without, ...NPM, '--once']).ended;
    expect(output).toMatch(/No namespace of its own: unshare: unshare failed: Operation not permitted/u);
    expect(output).toContain('paths of the pod prefixed with /dev/shm/sidekey-demo-');
    expect(code).toBe(0);
    await expectNothingLeft(output);
  },
  TIMEOUT_MS,
);

test(
  'a model server that is killed on the way fails the demo',
  async () => {
    const demo = startDemo([...NPM, '--once']);
    const pid = await demo.shows(/The model server starts\n.*PID (\d+)/u);
    process.kill(Number(pid), 'SIGKILL');
    const { code, output } = await demo.ended;
    expect(output).toContain('the model server ended by itself (SIGKILL)');
    expect(code).toBe(1);
    await expectNothingLeft(output);
  },
  TIMEOUT_MS,
);

test(
  'the printed command rotates the secret by hand, and Ctrl-C ends everything',
  async () => {
    const demo = startDemo(NODE);
    const command = await demo.shows(/^ +(curl .*\/v1\/secret.*)$/mu);
    await promisify(execFile)('sh', ['-c', command]);
    await demo.shows(/the model server answers to …-key: same PID, same model/u);
    interrupt(demo);
    const { code, output } = await demo.ended;
    expect(output).toContain('nothing is left behind');
    expect(code).toBe(0);
    await expectNothingLeft(output);
  },
  TIMEOUT_MS,
);

test(
  'Ctrl-C in the middle leaves nothing behind',
  async () => {
    const demo = startDemo(NPM);
    await demo.shows(/The agent starts/u);
    interrupt(demo);
    const { output } = await demo.ended;
    expect(output).toContain('Interrupted');
    await expectNothingLeft(output);
  },
  TIMEOUT_MS,
);

test(
  'a port that is taken is named, with what to do',
  async () => {
    const squatter = createServer().listen(9473);
    const { code, output } = await startDemo([...NPM, '--once']).ended;
    squatter.close();
    expect(output).toContain(
      "Cannot start the agent: port 9473 is taken. End what listens there (ss -ltnp 'sport = :9473'",
    );
    expect(code).toBe(1);
    await expectNothingLeft(output);
  },
  TIMEOUT_MS,
);

test(
  'without any OpenBao it tells what to install',
  async () => {
    const programs = await mkdtemp(join(tmpdir(), 'sidekey-demo-bin-'));
    for (const name of ['npm', 'sh', 'env']) {
      const { stdout } = await promisify(execFile)('sh', ['-c', `command -v ${name}`]);
      await symlink(await realpath(stdout.trim()), join(programs, name));
    }
    await symlink(process.execPath, join(programs, 'node'));
    const { code, output } = await startDemo([...NPM, '--once'], { PATH: programs, HOME: programs }).ended;
    await rm(programs, { recursive: true });
    expect(output).toMatch(/Cannot find OpenBao.*Install one of/u);
    expect(code).toBe(1);
    await expectNothingLeft(output);
  },
  TIMEOUT_MS,
);

test(
  'an unknown option is bad usage',
  async () => {
    const { code, output } = await startDemo([...NPM, '--twice']).ended;
    expect(output).toContain('usage: npm run demo');
    expect(code).toBe(2);
  },
  TIMEOUT_MS,
);
