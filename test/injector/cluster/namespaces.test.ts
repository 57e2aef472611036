import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { followLimitRanges } from '../../../injector/cluster/limit-ranges.ts';
import { followNamespaces } from '../../../injector/cluster/namespaces.ts';
import { namespace, ToldApi } from './told-api.ts';

describe('the namespaces', () => {
  test('are unknown until all have been told', async () => {
    const api = new ToldApi([namespace('a'), namespace('b', { 'sidekey.dev/vault-role': 'b' })]);
    const namespaces = followNamespaces(api.watching, api.clock);
    expect(namespaces.synced).toBe(false);
    await api.clock.settle();
    expect(namespaces.synced).toBe(true);
    expect(namespaces.size).toBe(2);
    expect(namespaces.get('a')).toMatchObject({ vault: {}, problems: [] });
    expect(namespaces.get('b')).toMatchObject({ vault: { role: 'b' } });
    expect(namespaces.get('c')).toBeUndefined();
  });

  test('are as they are now: new, changed and gone', async () => {
    const api = new ToldApi([namespace('a')]);
    const namespaces = followNamespaces(api.watching, api.clock);
    await api.clock.settle();
    await api.tell('ADDED', namespace('b', { 'sidekey.dev/vault-roles': 'x' }));
    expect(namespaces.get('b')).toMatchObject({ limits: { vaultRoles: ['x'] } });
    await api.tell('MODIFIED', namespace('b'));
    expect(namespaces.get('b')).toMatchObject({ limits: {} });
    await api.tell('DELETED', namespace('b'));
    expect(namespaces.get('b')).toBeUndefined();
  });

  test('that say nothing share their silence', async () => {
    const api = new ToldApi([namespace('a', { team: 'x' }), namespace('b')]);
    const namespaces = followNamespaces(api.watching, api.clock);
    await api.clock.settle();
    expect(namespaces.get('a')).toBe(namespaces.get('b'));
  });

  test('are bounded: of more than that the pods are not let in, and the rest stay as they are', async () => {
    const api = new ToldApi(['a', 'b', 'c'].map((name) => namespace(name)));
    const namespaces = followNamespaces(api.watching, api.clock, 2);
    await api.clock.settle();
    expect([namespaces.size, namespaces.full]).toEqual([2, true]);
    expect(namespaces.get('c')).toBeUndefined();
    await api.tell('MODIFIED', namespace('b', { 'sidekey.dev/vault-role': 'b' }));
    expect(namespaces.get('b')).toMatchObject({ vault: { role: 'b' } });
  });

  test('are waited for by the pods that come with them, and no longer than until they are there', async () => {
    const api = new ToldApi();
    const namespaces = followNamespaces(api.watching, api.clock);
    await api.clock.settle();
    const arrived: string[] = [];
    for (const one of ['first', 'second'])
      void namespaces.arrival('new').finally(() => void arrived.push(one));
    await api.clock.advance(1000);
    expect(arrived).toEqual([]);
    await api.tell('ADDED', namespace('new'));
    expect(arrived).toEqual(['first', 'second']);
    await namespaces.arrival('new');
  });

  test('that never come are not waited for for ever', async () => {
    const api = new ToldApi();
    const namespaces = followNamespaces(api.watching, api.clock);
    let isOver = false;
    void namespaces.arrival('none').finally(() => {
      isOver = true;
    });
    await api.clock.advance(5000);
    expect(isOver).toBe(true);
  });

  test('one that cannot be taken in hides no other', async () => {
    const metadata = Object.defineProperty({ name: 'broken', uid: 'u' }, 'annotations', {
      get: () => {
        throw new TypeError('a fault of ours');
      },
    });
    const api = new ToldApi([{ metadata }, namespace('a')]);
    const namespaces = followNamespaces(api.watching, api.clock);
    await api.clock.settle();
    expect(namespaces.synced).toBe(true);
    expect([namespaces.get('a') === undefined, namespaces.get('broken')]).toEqual([false, undefined]);
    expect(api.lines.join('')).toContain('Cannot take in an object');
  });
});

describe('the LimitRanges', () => {
  const limitRange = (name: string, memory: string): JsonObject => ({
    metadata: { name, namespace: 'a', uid: `uid-of-${name}` },
    spec: { limits: [{ type: 'Container', max: { memory } }] },
  });

  test('of a namespace count together, and only those that there are', async () => {
    const api = new ToldApi([limitRange('wide', '2Gi')]);
    const bounds = followLimitRanges(api.watching);
    expect(bounds.synced).toBe(false);
    await api.clock.settle();
    const wide = bounds.get('a');
    await api.tell('ADDED', limitRange('narrow', '1Gi'));
    expect(bounds.get('a')).not.toEqual(wide);
    await api.tell('DELETED', limitRange('narrow', '1Gi'));
    expect(bounds.get('a')).toEqual(wide);
    await api.tell('DELETED', limitRange('wide', '2Gi'));
    expect(bounds.get('a')).toBeUndefined();
    expect(bounds.synced).toBe(true);
  });
});
