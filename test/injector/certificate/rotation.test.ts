import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeAuthority } from '../../../injector/certificate/issue.ts';
import { certificatesOf } from '../../../injector/certificate/trust.ts';
import { SharedCluster } from './shared-cluster.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let cluster: SharedCluster;

beforeEach(async () => {
  cluster = new SharedCluster();
  await cluster.lead();
  // The other API server learns of it.
  await cluster.clock.advance(10 * SECOND_MS);
});

afterEach(() => cluster.stop());

const authorities = (): readonly string[] =>
  certificatesOf(cluster.trust.at(-1)?.pem ?? '').map(({ fingerprint256 }) => fingerprint256);

test('the first look makes an authority and a leaf, and has them trusted', () => {
  expect(cluster.made).toEqual(['authority']);
  const leaf = new X509Certificate(cluster.field('tls.crt'));
  expect(leaf.checkHost('injector.sidekey.svc')).toBeDefined();
  expect(leaf.verify(new X509Certificate(cluster.field('ca.crt')).publicKey)).toBe(true);
  expect(cluster.replicas.map(({ trusted }) => trusted)).toEqual([true, true, true]);
});

test('in 700 days no API server ever refuses what a replica serves, though all is replaced', async () => {
  await cluster.pass(700 * DAY_MS, 2 * DAY_MS);
  expect(cluster.refusals).toEqual([]);
  expect(cluster.made.filter((what) => what === 'authority')).toHaveLength(3);
  expect(cluster.made.filter((what) => what === 'leaf').length).toBeGreaterThan(30);
  expect(authorities()).toHaveLength(1);
}, 120_000);

test('second by second, a Secret that is lost costs nothing', async () => {
  const before = authorities();
  cluster.tell(undefined);
  await cluster.pass(30 * SECOND_MS, SECOND_MS);
  expect(cluster.refusals).toEqual([]);
  expect(authorities()).toHaveLength(2);
  expect(authorities()[1]).toBe(before[0]);
  expect(cluster.replicas[0]?.serving?.certPem).toBe(cluster.field('tls.crt'));
  await cluster.pass(2 * HOUR_MS, 10 * 60 * SECOND_MS);
  expect(authorities()).toHaveLength(1);
  expect(cluster.refusals).toEqual([]);
});

test('an authority that somebody put into the bundles goes, and the one in use stays', async () => {
  const before = authorities();
  const { certPem } = await makeAuthority({ now: new Date(cluster.clock.now()), lifeMs: DAY_MS });
  cluster.set(certPem);
  await cluster.pass(10 * SECOND_MS, 10 * SECOND_MS);
  expect(authorities()).toEqual(before);
});

test('while nobody leads, replicas go on with what they have, and the next leader catches up', async () => {
  cluster.resign();
  await cluster.pass(15 * DAY_MS, DAY_MS);
  expect(cluster.refusals).toEqual([]);
  // Two thirds of a leaf's life are over, and not all of it.
  await cluster.pass(10 * DAY_MS, DAY_MS);
  expect(cluster.made).toEqual(['authority']);
  await cluster.lead();
  await cluster.pass(DAY_MS, HOUR_MS);
  expect(cluster.made).toEqual(['authority', 'leaf']);
  expect(cluster.refusals).toEqual([]);
});

test('after years without a leader everything is made anew, and what has ended is trusted no more', async () => {
  cluster.resign();
  await cluster.clock.advance(3 * 365 * DAY_MS);
  const before = authorities();
  await cluster.lead();
  await cluster.pass(HOUR_MS, HOUR_MS);
  expect(authorities()).toHaveLength(1);
  expect(authorities()).not.toEqual(before);
  expect(cluster.replicas.every(({ trusted }) => trusted)).toBe(true);
});
