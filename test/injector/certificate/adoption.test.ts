import type { X509Certificate } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type Adoption, createAdoption } from '../../../injector/certificate/adoption.ts';
import { certificatesOf } from '../../../injector/certificate/trust.ts';
import type { KeyPair } from '../../../injector/server/certificate.ts';
import { SteeredClock } from '../../agent/steered-clock.ts';
import { loopbackCertificate } from '../../servers/certificate.ts';

interface Known extends KeyPair {
  readonly authority: readonly X509Certificate[];
}

/** Longer than it takes API servers to learn of a change. */
const SETTLED_MS = 6000;
const LATER = new Date('2999-01-01T00:00:00Z');

let one: Known;
let two: Known;
let clock: SteeredClock;
let bundles: readonly (readonly X509Certificate[])[] | undefined;
let served: string[];
let adoption: Adoption;

async function known(): Promise<Known> {
  const { caPem, ...pair } = await loopbackCertificate();
  return { ...pair, notAfter: LATER, authority: certificatesOf(caPem) };
}

beforeAll(async () => {
  [one, two] = [await known(), await known()];
});

beforeEach(() => {
  clock = new SteeredClock();
  served = [];
  bundles = [one.authority, one.authority];
  const { signal } = new AbortController();
  const serve = ({ certPem }: KeyPair): void => void served.push(certPem === one.certPem ? 'one' : 'two');
  adoption = createAdoption({ bundles: () => bundles, serve, clock, signal });
});

const trust = (...all: readonly (readonly X509Certificate[])[]): void => {
  bundles = all;
  adoption.look();
};

test('something has to be served, trusted or not', () => {
  bundles = [];
  adoption.offer(one);
  expect(served).toEqual(['one']);
  expect(adoption.trusted).toBe(false);
  trust(one.authority, one.authority);
  expect(adoption.trusted).toBe(true);
});

test('where nobody looks at webhooks, each pair is served as it comes', () => {
  bundles = undefined;
  adoption.offer(one);
  adoption.offer(two);
  adoption.offer(two);
  expect(served).toEqual(['one', 'two']);
  expect(adoption.trusted).toBe(true);
});

test('a new pair waits until both webhooks trust it, and a moment more', async () => {
  adoption.offer(one);
  adoption.offer(two);
  await clock.advance(SETTLED_MS);
  trust([...one.authority, ...two.authority], one.authority);
  await clock.advance(SETTLED_MS);
  expect(served).toEqual(['one']);
  const both = [...one.authority, ...two.authority];
  trust(both, both);
  await clock.advance(1000);
  expect(served).toEqual(['one']);
  await clock.advance(SETTLED_MS);
  expect(served).toEqual(['one', 'two']);
  expect(adoption.trusted).toBe(true);
});

test('a new pair of an authority that has long been trusted is served at once', async () => {
  const both = [...one.authority, ...two.authority];
  bundles = [both, both];
  adoption.offer(one);
  await clock.advance(SETTLED_MS);
  adoption.offer(two);
  expect(served).toEqual(['one', 'two']);
});

test('what is trusted is not kept waiting for what is not', () => {
  bundles = [];
  adoption.offer(one);
  trust(two.authority, two.authority);
  adoption.offer(two);
  expect(served).toEqual(['one', 'two']);
});

test('trust that is lost while a pair waits is waited for again', async () => {
  adoption.offer(one);
  adoption.offer(two);
  const both = [...one.authority, ...two.authority];
  trust(both, both);
  await clock.advance(2000);
  trust(one.authority, both);
  await clock.advance(SETTLED_MS);
  expect(served).toEqual(['one']);
});

test('a pair that has ended is not trusted, be its authority', async () => {
  adoption.offer({ ...one, notAfter: new Date(clock.now() + 1000) });
  expect(adoption.trusted).toBe(true);
  expect(adoption.ended).toBe(false);
  await clock.advance(1000);
  expect([adoption.trusted, adoption.ended]).toEqual([false, true]);
});
