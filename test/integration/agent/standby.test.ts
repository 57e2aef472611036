import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../servers/eventually.ts';
import { type OpenBaoCluster, startOpenBaoCluster } from '../../servers/openbao-cluster.ts';
import { CANARY, furnish, Pod, writeSecret } from './stage.ts';

let cluster: OpenBaoCluster;

/** One was made with the store. */
let changes = 1;

beforeAll(async () => {
  cluster = await startOpenBaoCluster();
  await furnish(cluster);
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** How often there was a login. A standby tries it, too, before it passes it on. */
async function logins(): Promise<number> {
  const audit = await cluster.audit();
  const isLogin = ({ type, request, error }: (typeof audit)[number]): boolean =>
    type === 'response' && request.path === 'auth/kubernetes/login' && error === undefined;
  return audit.filter(isLogin).length;
}

/**
 * Changes the key until a change is in the file. A standby that has just got another active node may go on giving what it
 * has kept until the next change, and says nothing of it.
 */
async function expectChanges(pod: Pod): Promise<void> {
  await eventually('a change', 120_000, async () => {
    changes += 1;
    const key = `${CANARY}-${changes}`;
    await writeSecret(cluster, key);
    await expect.poll(() => pod.read('api-key'), { timeout: 10_000 }).toBe(key);
  });
}

test('an agent whose address is that of a standby goes on when the active node dies, with the same token', async () => {
  const active = await cluster.active();
  const standby = cluster.addresses.find((address) => address !== active) ?? '';
  await using pod = await Pod.create({ address: standby }, { vault: { timeoutMs: 5000 } });
  const agent = pod.start('run');
  await pod.ready();
  await expectChanges(pod);

  await cluster.kill(active);
  await expectChanges(pod);
  expect(agent.exitCode).toBeNull();
  expect((await pod.get('/readyz')).status).toBe(200);
  expect(await logins()).toBe(1);
}, 600_000);
