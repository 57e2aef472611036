import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { Stage } from './stage.ts';

const NAMESPACE = 'races';
const MANIFEST = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'registry', annotations: { 'infisical.com/secret-sync': 'true' } },
  stringData: { token: '<auto-managed>', own: 'mine' },
});
const DELETE = ['delete', 'secret', `--namespace=${NAMESPACE}`, 'registry', '--wait=false'];
const ROUNDS = 8;

let stage: Stage;
let turning: Promise<void>;
const over = new AbortController();
let last = 0;

beforeAll(async () => {
  stage = await Stage.open();
  stage.write('/registry', 'token', '0');
  await stage.namespace(NAMESPACE, { 'sidekey.dev/infisical': 'app-x1/dev/registry' });
  const replica = await stage.start({ pollMs: 100 });
  await replica.leads();
  turning = turn();
});

afterAll(async () => {
  over.abort();
  await turning;
  await stage[Symbol.asyncDispose]();
});

/** The value changes all the time, so that there is always something to apply. */
async function turn(): Promise<void> {
  while (!over.signal.aborted) {
    last += 1;
    stage.write('/registry', 'token', String(last));
    await sleep(50);
  }
}

const expectCurrent = (since = last): Promise<void> =>
  eventually('a current value', PATIENCE_MS, async () => {
    const { token, own } = await stage.values(NAMESPACE, 'registry');
    expect(own).toBe('mine');
    expect(Number(token)).toBeGreaterThanOrEqual(since);
  });

test('a manifest that is applied again and again while the value changes loses nothing', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    await stage.apply(NAMESPACE, MANIFEST);
    await stage.apply(NAMESPACE, MANIFEST, '--server-side', '--force-conflicts');
  }
  await expectCurrent();
  expect(await stage.annotations(NAMESPACE, 'registry')).not.toHaveProperty('sidekey.dev/sync-error');
});

test('a Secret that is deleted while it is being filled stays deleted', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    await stage.apply(NAMESPACE, MANIFEST);
    await sleep(20 * round);
    await stage.cluster.kubectl(DELETE);
    await sleep(400);
    await expect(stage.secret(NAMESPACE, 'registry')).rejects.toThrow('NotFound');
  }
});

test('a value of the user’s that is written at the same moment is not overwritten', async () => {
  await stage.apply(NAMESPACE, MANIFEST);
  await expectCurrent();
  for (let round = 0; round < ROUNDS; round += 1) {
    stage.write('/registry', `key-${round}`, 'from the store');
    const patch = JSON.stringify({ stringData: { [`key-${round}`]: 'mine' } });
    await stage.cluster.kubectl([
      'patch',
      'secret',
      `--namespace=${NAMESPACE}`,
      'registry',
      '--patch',
      patch,
    ]);
  }
  await eventually('each key with its owner’s value', PATIENCE_MS, async () => {
    const values = await stage.values(NAMESPACE, 'registry');
    const managed = (await stage.annotations(NAMESPACE, 'registry'))['sidekey.dev/managed-keys'] ?? '';
    for (let round = 0; round < ROUNDS; round += 1) {
      const key = `key-${round}`;
      // Whoever came first has it: what the sync had filled before is its own, all else the user's.
      const owners = managed.split(',').includes(key) ? 'from the store' : 'mine';
      expect([key, values[key]]).toEqual([key, owners]);
    }
  });
});
