import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entriesOf } from '../../agent/render/volume.ts';
import { eventually } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { mountTmpfs, type Tmpfs } from '../../servers/tmpfs.ts';
import type { FaultRow } from './faults/rows/row.ts';
import { VOLUME_FAULTS } from './faults/rows/volume.ts';
import { CANARY, exit, furnish, Pod } from './stage.ts';

const PATIENCE_MS = 120_000;

let bao: OpenBaoServer;
let serial = 0;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
});

afterAll(() => bao.stop());

interface Room extends AsyncDisposable {
  readonly pod: Pod;
  readonly tmpfs: Tmpfs;
  readonly volume: string;
  /** Gives the secret behind the pod's file a value, of so many bytes. */
  write(size: number): Promise<string>;
}

/** A pod with one of its directories on a tmpfs; its file holds a secret of its own. */
async function roomOf(directory: 'secrets' | 'state', options: string): Promise<Room> {
  await using stack = new AsyncDisposableStack();
  serial += 1;
  const path = `secret/data/ml/room-${serial}`;
  const template = `{{ with secret "${path}" }}{{ .Data.data.key }}{{ end }}`;
  const pod = stack.use(await Pod.create(bao, { pollMs: 200, templates: { file: template } }));
  const volume = join(pod.directory, directory);
  const tmpfs = stack.use(await mountTmpfs(volume, options));
  let turn = 0;
  const kept = stack.move();
  return {
    pod,
    tmpfs,
    volume,
    async write(size) {
      turn += 1;
      const key = `${CANARY}-${turn}-`.padEnd(size, 'x');
      await bao.api('POST', path, { data: { key } });
      return key;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Waits until the agent has said what the fault's row says, and that; looks that it said nothing of a secret. */
async function expectToHear(pod: Pod, { log }: FaultRow, figures = /./u): Promise<void> {
  await eventually('the reason', PATIENCE_MS, async () => {
    const lines = pod.output.split('\n').filter((line) => line.includes(log));
    expect(lines.join('\n')).toMatch(figures);
  });
  expect(pod.output).not.toContain(CANARY);
}

const failures = (pod: Pod): Promise<number> => pod.metric('sidekey_agent_commits_total{result="failed"}');

async function expectFile(pod: Pod, content: string): Promise<void> {
  await eventually('the file', PATIENCE_MS, async () => {
    expect(await pod.read('file')).toBe(content);
    expect(await pod.metric('sidekey_agent_file_up_to_date{file="file"}')).toBe(1);
  });
}

const { no_space: NO_SPACE, no_inodes: NO_INODES, state_full: STATE_FULL } = VOLUME_FAULTS;
const TOO_LARGE =
  /"reason":"Cannot write to [^"]*: 49152 bytes are needed and \d+ are free: raise the volume's size limit"/u;

describe('a volume of 64 KiB', () => {
  test('that cannot hold a new set beside the old one keeps the old one, says so, and takes one that fits', async () => {
    await using room = await roomOf('secrets', 'size=64k');
    const { pod } = room;
    const old = await room.write(20_000);
    pod.start('run');
    await pod.ready(PATIENCE_MS);
    await room.write(49_000);
    await expectToHear(pod, NO_SPACE, TOO_LARGE);
    expect(await pod.read('file')).toBe(old);
    expect(entriesOf(room.volume)).toEqual(['..data', '<generation>', 'file']);
    expect(await failures(pod)).toBeGreaterThan(0);
    expect(await pod.metric('sidekey_agent_file_up_to_date{file="file"}')).toBe(0);
    expect((await pod.get('/readyz')).status).toBe(200);
    await expectFile(pod, await room.write(30_000));
  });

  test('that is made larger takes what it could not hold, though nothing has changed since', async () => {
    await using room = await roomOf('secrets', 'size=64k');
    await room.write(20_000);
    room.pod.start('run');
    await room.pod.ready(PATIENCE_MS);
    const large = await room.write(49_000);
    await expectToHear(room.pod, NO_SPACE, TOO_LARGE);
    await room.tmpfs.remount('size=256k');
    await expectFile(room.pod, large);
  });

  test('that is too small from the start keeps the pod unready with the reason, until there is space', async () => {
    await using room = await roomOf('secrets', 'size=64k');
    const { pod } = room;
    await writeFile(join(room.volume, 'ballast'), Buffer.alloc(60_000));
    const key = await room.write(20_000);
    pod.start('run');
    await eventually('the reason', PATIENCE_MS, async () => {
      const { status, body } = await pod.get('/readyz');
      expect(status).toBe(503);
      expect(body).toMatch(
        /^Not rendered yet \(render\): .*: 20480 bytes are needed and 4096 are free: raise/u,
      );
      expect(await pod.lastWords()).toBe(body.trimEnd());
    });
    await rm(join(room.volume, 'ballast'));
    await pod.ready(PATIENCE_MS);
    expect(await pod.read('file')).toBe(key);
    await expect.poll(() => pod.lastWords(), { timeout: PATIENCE_MS }).toBe('');
  });
});

test('a volume without inodes left keeps the old set, says so, and goes on when there are some', async () => {
  await using room = await roomOf('secrets', 'nr_inodes=12');
  const { pod, volume } = room;
  const old = await room.write(100);
  pod.start('run');
  await pod.ready(PATIENCE_MS);
  const { ffree } = await statfs(volume);
  const ballast = Array.from({ length: ffree - 1 }, (_, index) => join(volume, `ballast-${index}`));
  for (const path of ballast) await mkdir(path);
  const next = await room.write(100);
  await expectToHear(pod, NO_INODES, /: 3 inodes are needed and 1 are free: raise the volume's size limit/u);
  expect(await pod.read('file')).toBe(old);
  for (const path of ballast) await rm(path, { recursive: true });
  await expectFile(pod, next);
});

describe('a directory for the state that is full', () => {
  test('holds up no rotation: that a restart will log in anew is said, and it does', async () => {
    await using room = await roomOf('state', 'size=16k');
    const { pod, volume } = room;
    await writeFile(join(volume, 'ballast'), Buffer.alloc(16_384));
    await room.write(100);
    const first = pod.start('run');
    await pod.ready(PATIENCE_MS);
    await expectToHear(pod, STATE_FULL, /"code":"ENOSPC"/u);
    const next = await room.write(100);
    await expectFile(pod, next);
    first.kill('SIGKILL');
    await exit(first);
    expect(entriesOf(volume)).not.toContain('state.json');
    pod.start('run');
    await pod.ready(PATIENCE_MS);
    expect(await pod.read('file')).toBe(next);
  });

  test('is written to again at the next change, once there is space', async () => {
    await using room = await roomOf('state', 'size=16k');
    const { pod, volume } = room;
    await writeFile(join(volume, 'ballast'), Buffer.alloc(16_384));
    await room.write(100);
    const first = pod.start('run');
    await expectToHear(pod, STATE_FULL);
    await pod.ready(PATIENCE_MS);
    await rm(join(volume, 'ballast'));
    await expectFile(pod, await room.write(100));
    await eventually('the state', PATIENCE_MS, async () => expect(entriesOf(volume)).toEqual(['state.json']));
    first.kill('SIGKILL');
    await exit(first);
    pod.start('run');
    await pod.ready(PATIENCE_MS);
    await expect.poll(() => pod.output).toContain('Resumed the saved state');
  });
});
