import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { execute } from '../../../run/command.ts';
import { type OpenBaoServer, startOpenBao } from '../../../servers/openbao.ts';
import { ENDS } from '../faults/rows/ends.ts';
import { furnish } from '../stage.ts';
import { requestsOf } from '../asked.ts';
import { Victim } from './victim.ts';

let bao: OpenBaoServer;
let directory: string;
let library: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sidekey-fatal-call-'));
  await chmod(directory, 0o755);
  library = join(directory, 'fatal-call.so');
  const source = join(import.meta.dirname, 'fatal-call.c');
  const { code, output } = await execute(['cc', '-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  if (code !== 0) throw new Error(`Cannot compile ${source}: ${output}`);
  bao = await startOpenBao();
  await furnish(bao);
});

afterAll(async () => {
  await bao.stop();
  await rm(directory, { recursive: true });
});

/** So many agents are killed at a time: mostly they wait. */
const VICTIMS = 3;

/** What a rotation is made of; a step of another kind would not be met. */
const KINDS = [
  'open',
  'write',
  'half-write',
  'mkdir',
  'chmod',
  'link',
  'symlink',
  'rename',
  'unlink',
  'rmdir',
];

test('killed at any system call of a rotation, an agent leaves whole sets, and the next one finishes it and tells of it', async () => {
  await using stack = new AsyncDisposableStack();
  const before = await logins();
  const victims = await Promise.all(
    Array.from({ length: VICTIMS }, (_, index) => Victim.create({ bao, library }, `killed-${index}`, stack)),
  );
  const [first] = victims;
  const calls = (await first?.rotate())?.calls ?? [];
  expect(calls.map(({ pattern }) => pattern.split(' ')[0])).toEqual(expect.arrayContaining(KINDS));
  const left = calls.values();
  const found = new Set<string>();
  const killAtEach = async (victim: Victim): Promise<void> => {
    for (const call of left) {
      const outcome = await victim.rotate(call);
      // How often the state is saved is not always the same.
      const isRare = outcome.end === null && call.nth > 1;
      if (isRare) await victim.end();
      expect({ ...call, end: isRare ? 'SIGKILL' : outcome.end }).toEqual({ ...call, end: 'SIGKILL' });
      found.add(outcome.found.join());
      expect({ ...call, found: await victim.recover() }).toEqual({ ...call, found: ['new', 'new'] });
    }
  };
  await Promise.all(victims.map(killAtEach));
  for (const { output } of victims) expect(output).toContain(ENDS.killed.log);
  expect(found).toEqual(new Set(['old,old', 'new,old', 'new,new']));
  // The saved state was whole every time: nobody logged in anew.
  expect(await logins()).toBe(before + VICTIMS);
}, 900_000);

test.each([
  'open secrets/..generation-????????????/key',
  'symlink secrets/..data_tmp',
  'rename more/..data_tmp more/..data',
  'unlink more/..generation-????????????/key',
])(
  'asked to end at "%s", an agent finishes what it has begun, and the next one tells of it',
  async (pattern) => {
    await using stack = new AsyncDisposableStack();
    const before = await logins();
    const victim = await Victim.create({ bao, library, signal: 'SIGTERM' }, 'terminated', stack);
    const { end, found } = await victim.rotate({ pattern, nth: 1 });
    expect(victim.output).toContain(ENDS.ended_in_commit.log);
    expect({ end, found }).toEqual({ end: 0, found: ['new', 'new'] });
    expect(await victim.recover()).toEqual(['new', 'new']);
    expect(await logins()).toBe(before + 1);
  },
);

/** How often there was a login. */
const logins = (): Promise<number> => requestsOf(bao, 'auth/kubernetes/login');
