import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Reload } from '#contract/reload.ts';
import { startProgram } from '../../agent/notify/program.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { CANARY, furnish, Pod, writeSecret } from './stage.ts';

/** Whom the agent of these tests is, and so whom it can tell. */
const UID = 65_532;

let bao: OpenBaoServer;
let serial = 1;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
});

afterAll(() => bao.stop());

async function rotate(): Promise<void> {
  serial += 1;
  await writeSecret(bao, `${CANARY}-${serial}`);
}

/** A pod of one file, of whose changes is told so. */
async function podOf(reload: Reload): Promise<Pod> {
  const pod = await Pod.create(bao, { pollMs: 200 });
  const files = pod.config.files.filter(({ name }) => name === 'api-key');
  pod.reconfigure({ files: files.map((file) => ({ ...file, reload })) });
  return pod;
}

const result = (pod: Pod, kind: Reload['kind'], name: string): Promise<number> =>
  pod.metric(`sidekey_agent_notifications_total{kind="${kind}",result="${name}"}`);

const signal = (commandLine: string): Reload => ({
  kind: 'signal',
  signal: 'SIGHUP',
  to: { commandLine },
  deadlineMs: 60_000,
});

describe('a process of the same user', () => {
  test('gets one signal for each change, and goes on', async () => {
    const program = await startProgram(['SIGHUP'], 'integration-server', { uid: UID });
    await using pod = await podOf(signal(program.commandLine));
    pod.start('run');
    await pod.ready();
    await sleep(1000);
    expect(program.output).toBe('ready\n');
    for (let time = 1; time <= 3; time += 1) {
      await rotate();
      await expect.poll(() => program.output).toBe(`ready\n${'SIGHUP\n'.repeat(time)}`);
      await expect.poll(() => result(pod, 'signal', 'told')).toBe(time);
    }
    expect(program.child.exitCode).toBeNull();
    expect(await result(pod, 'signal', 'failed')).toBe(0);
  });

  test('without a handler is left alone, for the signal would end it', async () => {
    const deaf = await startProgram(['SIGUSR1'], 'integration-deaf', { uid: UID });
    await using pod = await podOf(signal(deaf.commandLine));
    pod.start('run');
    await pod.ready();
    await rotate();
    await expect.poll(() => pod.output).toMatch(/no handler for it, and would end/u);
    expect([deaf.child.exitCode, deaf.child.signalCode]).toEqual([null, null]);
  });

  test('is told when it has been started again', async () => {
    const first = await startProgram(['SIGHUP'], 'integration-again', { uid: UID });
    await using pod = await podOf(signal(first.commandLine));
    pod.start('run');
    await pod.ready();
    first.child.kill('SIGKILL');
    await rotate();
    await expect.poll(() => pod.output).toMatch(/there is no such process/u);
    const second = await startProgram(['SIGHUP'], 'integration-again', { uid: UID });
    await expect.poll(() => second.output).toBe('ready\nSIGHUP\n');
  });
});

test('a process of another user gets nothing, and the log says why', async () => {
  const program = await startProgram(['SIGHUP'], 'integration-root');
  await using pod = await podOf(signal(program.commandLine));
  pod.start('run');
  await pod.ready();
  await rotate();
  await expect.poll(() => pod.output).toMatch(/it runs as another user than the agent/u);
  expect(program.output).toBe('ready\n');
});

describe('a command', () => {
  const command = (...words: string[]): Reload => ({ kind: 'command', words, deadlineMs: 60_000 });

  test('runs for each change with neither secrets nor the agent’s environment, and its output is nobody’s', async () => {
    await using pod = await podOf(command('echo'));
    const file = join(pod.config.stateDirectory, 'seen');
    const text = `fs.appendFileSync('${file}', JSON.stringify(process.env) + '\\n'); console.log('printed')`;
    const [first] = pod.config.files;
    const reload = command(process.execPath, '-e', text);
    pod.reconfigure({ files: first ? [{ ...first, reload }] : [] });
    pod.start('run');
    await pod.ready();
    for (let time = 1; time <= 2; time += 1) {
      await rotate();
      await expect.poll(() => result(pod, 'command', 'told')).toBe(time);
    }
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(Object.keys(JSON.parse(line) as object)).toEqual(['PATH']);
    expect(pod.output).not.toContain('printed');
  });

  test('that the image has not is not tried over and over', async () => {
    await using pod = await podOf(command('no-such-program'));
    pod.start('run');
    await pod.ready();
    await rotate();
    await expect.poll(() => pod.output).toMatch(/has no such program \(ENOENT\)/u);
    await sleep(3000);
    expect(await result(pod, 'command', 'failed')).toBe(1);
  });

  test('touch shows a file beside the secrets as changed, which stays there', async () => {
    await using pod = await podOf(command('echo'));
    const path = join(pod.directory, 'secrets', 'changed');
    const [first] = pod.config.files;
    pod.reconfigure({ files: first ? [{ ...first, reload: command('touch', path) }] : [] });
    pod.start('run');
    await pod.ready();
    await rotate();
    await expect.poll(() => result(pod, 'command', 'told')).toBe(1);
    const { mtimeMs, ino } = await stat(path);
    await rotate();
    await expect.poll(() => result(pod, 'command', 'told')).toBe(2);
    const after = await stat(path);
    expect(after.ino).toBe(ino);
    expect(after.mtimeMs).toBeGreaterThan(mtimeMs);
    expect((await pod.get('/readyz')).status).toBe(200);
  });
});
