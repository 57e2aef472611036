import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadState, saveState } from '../../agent/state/store.ts';

const COMMIT = join(import.meta.dirname, '../agent/render/commit-once.ts');

/**
 * Runs a shell script in a mount namespace of its own, where `$V` is an empty directory and `commit` makes one commit;
 * returns what each commit printed, and any other line as it is.
 */
function inNamespace(script: string): unknown[] {
  const volume = mkdtempSync(join(tmpdir(), 'sidekey-mount-'));
  onTestFinished(() => rmSync(volume, { recursive: true, force: true }));
  const isRoot = process.geteuid?.() === 0;
  const run = spawnSync(
    'unshare',
    [isRoot ? '-m' : '-rm', 'sh', '-euc', `commit() { "$NODE" "$COMMIT" "$@"; }\n${script}`],
    {
      encoding: 'utf8',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', V: volume, NODE: process.execPath, COMMIT },
    },
  );
  if (run.status !== 0)
    throw new Error(`Cannot run in a mount namespace: ${run.stderr || String(run.error)}`);
  const lines = run.stdout.trim().split('\n');
  return lines.map((line) => (line.startsWith('{') ? (JSON.parse(line) as unknown) : line));
}

const ONLY_A = ['..data', '<generation>', 'a'];

describe('on a tmpfs of 64 KiB', () => {
  const MOUNT = 'mount -t tmpfs -o size=64k,mode=0777 tmpfs "$V"';

  test('a set that cannot fit beside the old one is refused before anything is written', () => {
    const [first, second, third] = inNamespace(
      `${MOUNT}; commit "$V" a=30000; commit "$V" a=40000; commit "$V" a=20000`,
    );
    expect(first).toMatchObject({ changed: ['a'], blocks: 8 });
    expect(second).toMatchObject({
      code: 'no_space',
      message: expect.stringContaining('40960 bytes are needed and 32768 are free') as string,
      files: ['a=30000'],
      entries: ONLY_A,
      blocks: 8,
    });
    expect(third).toMatchObject({ changed: ['a'], files: ['a=20000'] });
  });

  test('a volume that fills up while it is written keeps the old set and gives all space back', () => {
    const [first, second, third] = inNamespace(
      `${MOUNT}; commit "$V" a=20000 b/c=10000
       commit --trust-space "$V" a=20001 b/c=20000 d/e=20000
       commit "$V" a=20001 b/c=10000`,
    );
    expect(second).toMatchObject({
      code: 'no_space',
      message: expect.stringContaining('the volume is full: raise its size limit (ENOSPC)') as string,
      files: ['a=20000', 'b/c=10000'],
      entries: [...ONLY_A, 'b'],
      blocks: (first as { blocks: number }).blocks,
      inodes: (first as { inodes: number }).inodes,
    });
    expect(third).toMatchObject({ changed: ['a'], files: ['a=20001', 'b/c=10000'] });
  });

  test('an unchanged file takes no room a second time', () => {
    const [, second] = inNamespace(`${MOUNT}; commit "$V" a=50000 b=1; commit "$V" a=50000 b=2`);
    expect(second).toMatchObject({ changed: ['b'], files: ['a=50000', 'b=2'] });
  });
});

test('a volume without inodes to spare refuses the set, and one that runs out of them keeps the old one', () => {
  const [first, second, third] = inNamespace(
    `mount -t tmpfs -o nr_inodes=9 tmpfs "$V"
     commit "$V" a=1; commit "$V" a=2 b=2 c=2; commit --trust-space "$V" a=2 b=2 c=2`,
  );
  expect(first).toMatchObject({ changed: ['a'] });
  for (const outcome of [second, third])
    expect(outcome).toMatchObject({
      code: 'no_space',
      files: ['a=1'],
      entries: ONLY_A,
      inodes: (first as { inodes: number }).inodes,
    });
});

test('a tmpfs without limits, which reports no space at all, is written to', () => {
  const [outcome] = inNamespace('mount -t tmpfs -o size=0,nr_inodes=0 tmpfs "$V"; commit "$V" a=5000');
  expect(outcome).toMatchObject({ changed: ['a'], files: ['a=5000'] });
});

test('a volume that was remounted read-only keeps its set and says so', () => {
  const [, outcome] = inNamespace(
    'mount -t tmpfs tmpfs "$V"; commit "$V" a=1; mount -o remount,ro "$V"; commit "$V" a=2',
  );
  expect(outcome).toMatchObject({
    code: 'read_only',
    message: expect.stringContaining('mount it writable in the agent') as string,
    files: ['a=1'],
    entries: ONLY_A,
  });
});

describe('as user 65532, not root', () => {
  test('in a directory of root that anybody may write to', () => {
    const [first, second, owner] = inNamespace(
      `mount -t tmpfs -o mode=0777 tmpfs "$V"
       commit --as 65532 "$V" a=1 b/c=1; commit --as 65532 "$V" a=2 b/c=1
       stat -Lc %u:%g:%a "$V/b/c"`,
    );
    expect(first).toMatchObject({ changed: ['a', 'b/c'] });
    expect(second).toMatchObject({ changed: ['a'], files: ['a=2', 'b/c=1'], entries: [...ONLY_A, 'b'] });
    expect(owner).toBe('65532:65532:644');
  });

  test.each([
    ['a member of it', '--group 2000'],
    ['not a member of it', ''],
  ])('files get the group of a directory that hands it down, if the user is %s', (_, group) => {
    const [, second, ...owners] = inNamespace(
      `mount -t tmpfs -o mode=3777,gid=2000 tmpfs "$V"
       commit --as 65532 ${group} --mode 440 "$V" a=1 b/c=1
       commit --as 65532 ${group} --mode 440 "$V" a=2 b/c=1
       stat -Lc %g:%a "$V/a" "$V/b/c"; stat -Lc %a "$V/..data" "$V/b"`,
    );
    expect(second).toMatchObject({ changed: ['a'], entries: [...ONLY_A, 'b'] });
    expect(owners).toEqual(['2000:440', '2000:440', '2755', '2755']);
  });

  test('a narrow umask takes neither the group nor the modes away', () => {
    const [, ...owners] = inNamespace(
      `mount -t tmpfs -o mode=3777,gid=2000 tmpfs "$V"; umask 077
       commit --as 65532 --group 2000 --mode 440 "$V" b/c=1
       stat -Lc %g:%a "$V/b/c"; stat -Lc %a "$V/..data" "$V/b"`,
    );
    expect(owners).toEqual(['2000:440', '2755', '2755']);
  });

  test('a directory of root that is closed to it is refused with what to look at', () => {
    const [outcome] = inNamespace('mount -t tmpfs -o mode=0755 tmpfs "$V"; commit --as 65532 "$V" a=1');
    expect(outcome).toMatchObject({
      code: 'denied',
      message: expect.stringContaining("check the volume's owner and mode") as string,
      files: [],
    });
  });
});

test('a state file of another user is not trusted', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sidekey-state-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  saveState(directory, {
    version: 2,
    fingerprint: 'x',
    current: [],
    former: [],
    secrets: [],
    remnants: [],
    files: [],
    superseded: [],
    notices: [],
  });
  chownSync(join(directory, 'state.json'), 65_532, 65_532);
  expect(loadState(directory)).toEqual({ found: false, reason: 'foreign_owner' });
});
