import * as fc from 'fast-check';
import { applyPatch as applyWithLibrary, type Operation } from 'rfc6902';
import { describe, expect, it } from 'vitest';
import type { Json } from '#contract/json.ts';
import type { ContainerOperation } from '../../../injector/annotations/container-patch.ts';
import { applyPatch } from '../../../injector/pod/apply-patch.ts';

const DOCUMENT: Json = { a: 1, list: ['x', 'y'], deep: { 'a/b': { '~': true } } };

describe('a patch', () => {
  it.each<readonly [string, ContainerOperation, Json]>([
    ['adds to a list, before what stands there', { op: 'add', path: '/list/1', value: 'z' }, ['x', 'z', 'y']],
    ['adds at the end of a list', { op: 'add', path: '/list/-', value: 'z' }, ['x', 'y', 'z']],
    ['replaces in a list', { op: 'replace', path: '/list/0', value: 'z' }, ['z', 'y']],
    ['removes from a list', { op: 'remove', path: '/list/0' }, ['y']],
    ['copies', { op: 'copy', from: '/list/0', path: '/list/-' }, ['x', 'y', 'x']],
    ['moves', { op: 'move', from: '/list/0', path: '/list/1' }, ['y', 'x']],
  ])('%s', (_, operation, list) => {
    expect(applyPatch(DOCUMENT, [operation])).toEqual({ value: { ...DOCUMENT, list } });
  });

  it('names places with slashes and tildes in them', () => {
    expect(applyPatch(DOCUMENT, [{ op: 'test', path: '/deep/a~1b/~0', value: true }])).toEqual({
      value: DOCUMENT,
    });
  });

  it.each<readonly [ContainerOperation, string]>([
    [{ op: 'remove', path: '/b' }, 'operation 1 (remove): there is no /b'],
    [{ op: 'replace', path: '/b', value: 1 }, 'operation 1 (replace): there is no /b'],
    [{ op: 'add', path: '/b/c', value: 1 }, 'operation 1 (add): there is no /b/c'],
    [{ op: 'add', path: '/list/3', value: 1 }, 'operation 1 (add): there is no /list/3'],
    [{ op: 'add', path: '/list/01', value: 1 }, 'operation 1 (add): there is no /list/01'],
    [{ op: 'test', path: '/a', value: 2 }, 'operation 1 (test): /a is something else'],
    [{ op: 'move', from: '/deep', path: '/deep/x' }, 'operation 1 (move): /deep cannot be moved into itself'],
  ])('that cannot be applied says why: %j', (operation, fault) => {
    expect(applyPatch(DOCUMENT, [operation])).toEqual({ fault });
  });

  it.each<readonly [string, ContainerOperation]>([
    ['a list', { op: 'copy', from: '/list', path: '/list/-' }],
    ['an object', { op: 'copy', from: '', path: '/deep/more' }],
  ])('does not double %s again and again', (_, operation) => {
    const operations = Array.from({ length: 40 }, (__, index) => ({
      ...operation,
      path: operation.path.replace('more', `more${index}`),
    }));
    expect(applyPatch(DOCUMENT, operations)).toEqual({
      fault: expect.stringMatching(/^operation \d+ \(copy\): more than 262144 characters/u),
    });
  });

  it('copies a text as long as any of a container', () => {
    const long = { text: 'x'.repeat(128 * 1024) };
    expect(applyPatch(long, [{ op: 'copy', from: '/text', path: '/again' }])).toEqual({
      value: { ...long, again: long.text },
    });
  });

  it('makes no member of every object by way of a prototype', () => {
    const applied = applyPatch(DOCUMENT, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(applied).toHaveProperty('value');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  const place = fc.constantFrom(
    '/a',
    '/list',
    '/list/0',
    '/list/1',
    '/list/2',
    '/list/-',
    '/deep',
    '/deep/k',
    '/b',
  );
  const value = fc.constantFrom<Json>(1, 'x', null, ['x'], { k: 1 });
  const operation = fc.oneof(
    fc.record({
      op: fc.constantFrom('add' as const, 'replace' as const, 'test' as const),
      path: place,
      value,
    }),
    fc.record({ op: fc.constant('remove' as const), path: place }),
    fc.record({ op: fc.constantFrom('copy' as const), path: place, from: place }),
  );

  it('comes out as with another implementation wherever it can be applied, and changes nothing in place', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 4 }), (operations: ContainerOperation[]) => {
        const before = structuredClone(DOCUMENT);
        const other = structuredClone(DOCUMENT);
        const applied = applyPatch(before, operations);
        expect(before).toEqual(DOCUMENT);
        fc.pre(!('fault' in applied));
        expect(applyWithLibrary(other, operations as Operation[]).filter((error) => error !== null)).toEqual(
          [],
        );
        expect(applied).toEqual({ value: other });
      }),
    );
  });
});
