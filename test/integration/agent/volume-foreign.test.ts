import { execFile } from 'node:child_process';
import {
  chmod,
  lchown,
  link,
  lstat,
  mkdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entriesOf } from '../../agent/render/volume.ts';
import { eventually } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { mountTmpfs, type Tmpfs } from '../../servers/tmpfs.ts';
import type { FaultRow } from './faults/rows/row.ts';
import { VOLUME_FAULTS } from './faults/rows/volume.ts';
import { CANARY, furnish, Pod } from './stage.ts';

const PATIENCE_MS = 120_000;

const run = promisify(execFile);

let bao: OpenBaoServer;
let stack: AsyncDisposableStack;
let pod: Pod;
let tmpfs: Tmpfs;
let volume: string;
/** Root's, beside the volume; its files are none of the agent's business. */
let outside: string;
let turn = 0;

const PATH = 'secret/data/ml/foreign';

async function rotate(): Promise<string> {
  turn += 1;
  const key = `${CANARY}-${turn}`;
  await bao.api('POST', PATH, { data: { key } });
  return key;
}

const read = (path: string): Promise<string> => readFile(join(volume, path), 'utf8');

/** Both files hold it, and nothing else is there. */
async function expectSet(key: string): Promise<void> {
  await eventually('the set', PATIENCE_MS, async () => {
    expect([await read('key'), await read('db/key')]).toEqual([key, key]);
    expect(entriesOf(volume)).toEqual(['..data', '<generation>', 'db', 'key']);
  });
}

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  bao = stack.use(await startOpenBao());
  await furnish(bao);
  const text = `{{ with secret "${PATH}" }}{{ .Data.data.key }}{{ end }}`;
  pod = stack.use(await Pod.create(bao, { pollMs: 200, templates: { key: text } }));
  const [key] = pod.config.files;
  if (key) pod.reconfigure({ files: [key, { ...key, name: 'db', path: 'db/key' }] });
  volume = join(pod.directory, 'secrets');
  outside = join(pod.directory, 'outside');
  tmpfs = stack.use(await mountTmpfs(volume));
  await mkdir(outside);
  await writeFile(join(outside, 'key'), 'precious');
  await rotate();
  pod.start('run');
  await pod.ready(PATIENCE_MS);
});

afterAll(() => stack.disposeAsync());

/** Changes the secret and waits until the agent has said why it cannot write. */
async function expectRefusal({ log }: FaultRow, ...names: string[]): Promise<string> {
  const since = pod.output.length;
  const key = await rotate();
  await eventually('the reason', PATIENCE_MS, async () => {
    const lines = pod.output
      .slice(since)
      .split('\n')
      .filter((line) => line.includes(log));
    expect(lines).not.toEqual([]);
    for (const name of names) expect(lines.join('\n')).toContain(`\\"${name}\\"`);
  });
  expect(pod.output).not.toContain(CANARY);
  return key;
}

const KINDS: readonly [string, (path: string) => Promise<unknown>][] = [
  ['a file', (path) => writeFile(path, 'theirs')],
  ['a directory', (path) => mkdir(path)],
  ['a link to a file outside', (path) => symlink(join(outside, 'key'), path)],
  ['a link to a directory outside', (path) => symlink(outside, path)],
  ['a pipe', (path) => run('mkfifo', [path])],
  ['a device', (path) => run('mknod', [path, 'c', '1', '3'])],
];

const TAKEN = ['key', '..data', '..data_tmp'];

describe.each(KINDS)('%s', (_, put) => {
  test('in the place of what readers open is named and left alone, and the newest set is there once it is gone', async () => {
    for (const name of TAKEN) {
      await rm(join(volume, name), { force: true });
      await put(join(volume, name));
    }
    const look = (): Promise<number[]> =>
      Promise.all(TAKEN.map(async (name) => (await lstat(join(volume, name))).ino));
    const before = await look();
    const key = await expectRefusal(VOLUME_FAULTS.taken, ...TAKEN);
    expect(await look()).toEqual(before);
    expect(await readFile(join(outside, 'key'), 'utf8')).toBe('precious');
    for (const name of TAKEN) await rm(join(volume, name), { recursive: true });
    await expectSet(key);
  });

  test('in the place of the set is replaced by the next one, and never followed', async () => {
    const generation = join(volume, await readlink(join(volume, '..data')));
    await rm(generation, { recursive: true });
    await put(generation);
    await expectSet(await rotate());
    expect(pod.output).toContain(VOLUME_FAULTS.replaced.log);
    expect(await readFile(join(outside, 'key'), 'utf8')).toBe('precious');
  });
});

test('the rest of the old set stands while one name of it is taken', async () => {
  const old = await read('db/key');
  await rm(join(volume, 'key'));
  await writeFile(join(volume, 'key'), 'theirs');
  const key = await expectRefusal(VOLUME_FAULTS.taken, 'key');
  expect([await read('db/key'), await read('key')]).toEqual([old, 'theirs']);
  await rm(join(volume, 'key'));
  await expectSet(key);
});

test('a file that shares its bytes with one in the set keeps them', async () => {
  await writeFile(join(volume, 'theirs'), 'precious', { mode: 0o644 });
  await rm(join(volume, '..data/key'));
  await link(join(volume, 'theirs'), join(volume, '..data/key'));
  const key = await rotate();
  await eventually('the key', PATIENCE_MS, async () => expect(await read('key')).toBe(key));
  expect(await read('theirs')).toBe('precious');
  await rm(join(volume, 'theirs'));
  await expectSet(key);
});

const HINDRANCES: readonly [string, FaultRow, () => Promise<unknown>, () => Promise<unknown>][] = [
  ['was mounted read-only', VOLUME_FAULTS.read_only, () => tmpfs.remount('ro'), () => tmpfs.remount('rw')],
  [
    'was made immutable',
    VOLUME_FAULTS.immutable,
    () => run('chattr', ['+i', volume]),
    () => run('chattr', ['-i', volume]),
  ],
  ['was given to root', VOLUME_FAULTS.closed, () => chmod(volume, 0o755), () => chmod(volume, 0o777)],
  [
    'lets nobody replace what is not his',
    VOLUME_FAULTS.immutable,
    async () => {
      await lchown(join(volume, '..data'), 0, 0);
      await chmod(volume, 0o1777);
    },
    () => chmod(volume, 0o777),
  ],
];

test.each(HINDRANCES)(
  'a volume that %s keeps the old set, says so, and takes the new one later',
  async (...hindrance) => {
    const [, row, hinder, relent] = hindrance;
    const old = await read('key');
    await hinder();
    const key = await expectRefusal(row);
    expect([await read('key'), await read('db/key')]).toEqual([old, old]);
    expect(entriesOf(volume)).toEqual(['..data', '<generation>', 'db', 'key']);
    expect((await pod.get('/readyz')).status).toBe(200);
    await relent();
    await expectSet(key);
  },
);
