import { expect, test } from 'vitest';
import type { Adoption } from '../../injector/certificate/adoption.ts';
import type { Cluster } from '../../injector/cluster/join.ts';
import { type Circumstances, unreadiness } from '../../injector/unreadiness.ts';

const serving = { certPem: '', keyPem: '', notAfter: new Date('2027-01-01T00:00:00Z') };

const adoption = (changes: Partial<Adoption> = {}): Adoption => ({
  offer: () => undefined,
  look: () => undefined,
  serving,
  trusted: true,
  ended: false,
  ...changes,
});

const cluster = (changes: object = {}): Cluster =>
  ({
    namespaces: { synced: true },
    configurations: { synced: true, missing: [] },
    limitRanges: undefined,
    ...changes,
  }) as unknown as Cluster;

const because = (changes: Partial<Circumstances>): string | undefined =>
  unreadiness({
    health: { waiting: undefined, leaving: false },
    adoption: adoption(),
    cluster: cluster(),
    guard: { lateBy: () => undefined, stop: () => undefined },
    ...changes,
  });

test('all is well with a trusted certificate and a known cluster, or without a cluster', () => {
  expect(because({})).toBeUndefined();
  expect(because({ cluster: undefined })).toBeUndefined();
});

test.each<[string, Partial<Circumstances>, RegExp]>([
  ['it leaves', { health: { waiting: undefined, leaving: true } }, /Shutting down/u],
  ['its port is not open', { health: { waiting: 'no certificate', leaving: false } }, /no certificate/u],
  ['it is late', { guard: { lateBy: () => 1.55, stop: () => undefined } }, /Too busy .* 1\.[56] s late/u],
  ['namespaces are unknown', { cluster: cluster({ namespaces: { synced: false } }) }, /namespaces/u],
  ['LimitRanges are unknown', { cluster: cluster({ limitRanges: { synced: false } }) }, /LimitRanges/u],
  [
    'webhooks are unknown',
    { cluster: cluster({ configurations: { synced: false, missing: [] } }) },
    /whom the API server trusts/u,
  ],
  [
    'a webhook is missing',
    { cluster: cluster({ configurations: { synced: true, missing: ['zz-sidekey'] } }) },
    /no MutatingWebhookConfiguration zz-sidekey/u,
  ],
  ['nobody trusts it', { adoption: adoption({ trusted: false }) }, /does not trust/u],
  [
    'its certificate has ended',
    { adoption: adoption({ trusted: false, ended: true }), cluster: undefined },
    /The certificate has ended \(2027-01-01T00:00:00\.000Z\)/u,
  ],
])('when %s it is not ready and says so', (_, changes, reason) => {
  expect(because(changes)).toMatch(reason);
});
