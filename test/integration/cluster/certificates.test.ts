import { afterAll, beforeAll, expect, test } from 'vitest';
import { objectIn, textIn } from '#contract/json.ts';
import { loopbackCertificate } from '../../servers/certificate.ts';
import { eventually } from '../../servers/eventually.ts';
import { HOME, InjectorStage, SECRET } from './stage.ts';
import { SteadyClient } from './steady-client.ts';

/** Nothing here is fast on a slow machine, and nothing is judged by how fast it is. */
const SLOW_MS = 90_000;
const LEASE = ['lease', 'sidekey-injector', '-n', HOME];

let stage: InjectorStage;

beforeAll(async () => {
  // A new leaf comes in the midst of the tests, with time enough for it before the old one ends.
  stage = await InjectorStage.start({ SIDEKEY_AUTHORITY_OVERLAP: '12s', SIDEKEY_CERTIFICATE_LIFE: '45s' });
});

afterAll(() => stage[Symbol.asyncDispose]());

/** Until both webhooks trust exactly the authorities of the Secret, and so many. */
const expectInStep = (authorities: number): Promise<void> =>
  eventually(`${authorities} trusted`, SLOW_MS, async () => {
    const { authorities: kept } = await stage.kept();
    expect(kept).toHaveLength(authorities);
    expect(await stage.trusted()).toEqual([kept, kept]);
  });

const holder = async (): Promise<string> =>
  textIn(objectIn(await stage.get(...LEASE), 'spec'), 'holderIdentity');

test('before there are webhooks to be asked by, no replica is ready and each says why', async () => {
  await stage.cluster.kubectl(['delete', 'mutatingwebhookconfiguration', '00-sidekey']);
  for (const one of stage.replicas) one.launch();
  for (const one of stage.replicas)
    await eventually('the reason', SLOW_MS, async () => {
      expect((await one.ask('/readyz')).body).toContain('no MutatingWebhookConfiguration 00-sidekey');
    });
  await stage.configure();
});

test('one replica makes the certificates, both webhooks trust them, and both replicas serve them', async () => {
  await stage.ready(...stage.replicas);
  await expectInStep(1);
  expect(await stage.leaders()).toHaveLength(1);
  await using client = await SteadyClient.start(stage.cluster);
  await client.further(5);
  expect(client.failures).toEqual([]);
  for (const one of stage.replicas) {
    expect(await one.metric('sidekey_injector_ca_bundle_in_sync')).toBe(1);
    expect(one.output).not.toMatch(/PRIVATE KEY|BEGIN/u);
  }
});

test('a Secret that is deleted is made anew, and no review fails while the authority is replaced', async () => {
  const before = await stage.kept();
  await using client = await SteadyClient.start(stage.cluster);
  await client.further(5);
  await stage.cluster.kubectl(['delete', 'secret', SECRET, '-n', HOME]);
  await expectInStep(2);
  const during = await stage.kept();
  expect(during.authorities.slice(1)).toEqual(before.authorities);
  // The old authority goes when it is no longer needed.
  await expectInStep(1);
  const after = await stage.kept();
  expect(after.authorities).toEqual(during.authorities.slice(0, 1));
  await client.further(5);
  expect(client.failures).toEqual([]);
});

test('a caBundle that is edited by hand is repaired, in either configuration', async () => {
  const { caPem } = await loopbackCertificate();
  for (const name of ['00-sidekey', 'zz-sidekey']) {
    const value = Buffer.from(caPem).toString('base64');
    const patch = JSON.stringify([{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value }]);
    await stage.cluster.kubectl(['patch', 'mutatingwebhookconfiguration', name, '--type=json', '-p', patch]);
    await expectInStep(1);
  }
  await stage.ready(...stage.replicas);
});

test('a Secret that holds nothing of use is replaced', async () => {
  const patch = JSON.stringify({ data: { 'ca.key': Buffer.from('none').toString('base64') } });
  const before = await stage.kept();
  await stage.cluster.kubectl(['patch', 'secret', SECRET, '-n', HOME, '--type=merge', '-p', patch]);
  await eventually('another authority', SLOW_MS, async () => {
    expect((await stage.kept()).authorities[0]).not.toBe(before.authorities[0]);
  });
  await stage.ready(...stage.replicas);
});

test('when the leader is killed, the other leads and keeps the certificates', async () => {
  const leader = await eventually('a leader', SLOW_MS, async () => {
    const [first] = await stage.leaders();
    if (first === undefined) throw new Error('There is none');
    return first;
  });
  const before = await holder();
  process.kill(leader.pid, 'SIGKILL');
  await leader.ended();
  await eventually('another leader', SLOW_MS, async () => {
    expect(await holder()).not.toBe(before);
    expect(await stage.leaders()).toHaveLength(1);
  });
  const kept = await stage.kept();
  await stage.cluster.kubectl(['delete', 'secret', SECRET, '-n', HOME]);
  await eventually('a Secret of the new leader', SLOW_MS, async () => {
    expect((await stage.kept()).leaf).not.toBe(kept.leaf);
  });
  leader.launch();
  await stage.ready(...stage.replicas);
});

test('a leaf is replaced in good time, and no review fails', async () => {
  await using client = await SteadyClient.start(stage.cluster);
  const { leaf } = await stage.kept();
  await eventually('another leaf', SLOW_MS, async () => {
    expect((await stage.kept()).leaf).not.toBe(leaf);
  });
  await client.further(20);
  expect(client.failures).toEqual([]);
});

test('injectors outlive their API server, and see what happens after it', async () => {
  await stage.cluster.restart();
  await stage.ready(...stage.replicas);
  await eventually('reviews again', SLOW_MS, async () => {
    await using client = await SteadyClient.start(stage.cluster);
    await client.further(10);
    expect(client.failures).toEqual([]);
  });
  const { leaf } = await stage.kept();
  await stage.cluster.kubectl(['delete', 'secret', SECRET, '-n', HOME]);
  await eventually('the Secret again', SLOW_MS, async () => {
    expect((await stage.kept()).leaf).not.toBe(leaf);
  });
  await stage.ready(...stage.replicas);
});
