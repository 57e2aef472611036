import { X509Certificate } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { issueLeaf, type Issued, makeAuthority } from '../../../injector/certificate/issue.ts';
import { type KeptText, readKept, secretOf } from '../../../injector/certificate/kept.ts';
import { renewalOf } from '../../../injector/certificate/life.ts';
import { planCertificates } from '../../../injector/certificate/plan.ts';
import { certificatesOf, isTrusted } from '../../../injector/certificate/trust.ts';

const HOUR_MS = 3_600_000;
const NOW = new Date('2027-01-01T00:00:00Z');
const LIFE = { now: NOW, lifeMs: 90 * HOUR_MS };
const NAMES = ['injector.sidekey.svc', '127.0.0.1'];

let authority: Issued;
let other: Issued;
let leaf: Issued;
let text: KeptText;

beforeAll(async () => {
  authority = await makeAuthority(LIFE);
  other = await makeAuthority(LIFE);
  leaf = await issueLeaf({ ...LIFE, lifeMs: 30 * HOUR_MS, names: NAMES, authority });
  text = { authoritiesPem: authority.certPem, authorityKeyPem: authority.keyPem, ...leaf };
});

const secret = (changes: Partial<KeptText> = {}): JsonObject =>
  secretOf({ namespace: 'sidekey', name: 'tls' }, { ...text, ...changes });

const read = (changes: Partial<KeptText> = {}) => readKept(secret(changes));

const state = {
  inForce: [] as readonly X509Certificate[],
  trustedSince: undefined,
  names: NAMES,
  overlapMs: HOUR_MS,
};

test('what is written is read again', () => {
  const kept = read({ authoritiesPem: `${authority.certPem}${other.certPem}` });
  expect(kept?.authorities.map(({ fingerprint256 }) => fingerprint256)).toEqual(
    [authority, other].map(({ certPem }) => new X509Certificate(certPem).fingerprint256),
  );
  expect(kept?.leaf).toMatchObject(leaf);
  expect(secret()).toMatchObject({
    type: 'kubernetes.io/tls',
    metadata: { namespace: 'sidekey', name: 'tls' },
  });
});

test('a Secret that holds nothing of use is none, whatever is wrong with it', () => {
  expect(readKept({})).toBeUndefined();
  expect(readKept({ data: { 'tls.crt': 5 } })).toBeUndefined();
  for (const field of Object.keys(text)) {
    for (const broken of ['', 'broken', text.keyPem.slice(0, 90), other.certPem])
      expect(read({ [field]: broken }), `${field}: ${broken}`).toBeUndefined();
  }
  expect(read({ authorityKeyPem: other.keyPem })).toBeUndefined();
  expect(read({ keyPem: other.keyPem })).toBeUndefined();
  expect(read({ authoritiesPem: other.certPem, authorityKeyPem: other.keyPem })).toBeUndefined();
});

test('a leaf is for its names alone, signs nothing, and does not outlive its authority', async () => {
  const certificate = new X509Certificate(leaf.certPem);
  expect(certificate.checkHost('injector.sidekey.svc')).toBeDefined();
  expect(certificate.checkIP('127.0.0.1')).toBeDefined();
  expect(certificate.checkHost('other.sidekey.svc')).toBeUndefined();
  expect(certificate.ca).toBe(false);
  const long = await issueLeaf({ ...LIFE, lifeMs: 900 * HOUR_MS, names: NAMES, authority });
  expect(new X509Certificate(long.certPem).validToDate).toEqual(
    new X509Certificate(authority.certPem).validToDate,
  );
});

test('a chain is trusted for its authority, and for no other of whatever name', () => {
  const [trusted, foreign] = [authority, other].map(({ certPem }) => certificatesOf(certPem));
  expect(isTrusted(leaf.certPem, trusted ?? [])).toBe(true);
  expect(isTrusted(leaf.certPem, foreign ?? [])).toBe(false);
  expect(isTrusted(leaf.certPem, [])).toBe(false);
  expect(isTrusted(`${leaf.certPem}${authority.certPem}`, trusted ?? [])).toBe(true);
  expect(isTrusted('', trusted ?? [])).toBe(false);
  // A leaf vouches for nobody but itself.
  expect(isTrusted(leaf.certPem, certificatesOf(leaf.certPem))).toBe(true);
  expect(isTrusted(authority.certPem, certificatesOf(leaf.certPem))).toBe(false);
});

test('there is nothing to do until two thirds of a life are over', () => {
  const kept = read();
  const due = renewalOf(new X509Certificate(leaf.certPem));
  expect(due).toBe(NOW.getTime() + 20 * HOUR_MS);
  expect(planCertificates({ ...state, kept }, due - 1)).toEqual({ kind: 'wait', until: due });
  expect(planCertificates({ ...state, kept }, due)).toMatchObject({ kind: 'leaf' });
  expect(planCertificates({ ...state, kept }, NOW.getTime() + 60 * HOUR_MS)).toMatchObject({
    kind: 'authority',
    trusting: [expect.anything()],
  });
});

test('a leaf for other names than are wanted is replaced', () => {
  const names = [...NAMES, 'new.sidekey.svc'];
  expect(planCertificates({ ...state, names, kept: read() }, NOW.getTime())).toMatchObject({ kind: 'leaf' });
});

test('an old authority goes after the overlap, which begins when the new one is trusted', () => {
  const kept = read({ authoritiesPem: `${authority.certPem}${other.certPem}` });
  const now = NOW.getTime();
  expect(planCertificates({ ...state, kept }, now)).toMatchObject({ kind: 'wait' });
  const since = { ...state, kept, trustedSince: now };
  expect(planCertificates(since, now)).toEqual({ kind: 'wait', until: now + HOUR_MS });
  expect(planCertificates(since, now + HOUR_MS)).toMatchObject({ kind: 'forget' });
});

test('without a Secret what is trusted stays trusted, but neither what has ended nor what is no authority', async () => {
  const ended = await makeAuthority({ now: new Date(NOW.getTime() - 9 * HOUR_MS), lifeMs: HOUR_MS });
  const inForce = [ended, authority, leaf, authority, other].map(
    ({ certPem }) => new X509Certificate(certPem),
  );
  const step = planCertificates({ ...state, inForce, kept: undefined }, NOW.getTime());
  expect(step).toMatchObject({ kind: 'authority' });
  expect(step.kind === 'authority' && step.trusting.map(({ fingerprint256 }) => fingerprint256)).toEqual(
    [authority, other].map(({ certPem }) => new X509Certificate(certPem).fingerprint256),
  );
});
