import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '#contract/json.ts';
import { patch } from '../../../injector/pod/patch.ts';
import { applied } from '../admission/example.ts';

describe('a patch', () => {
  it('is empty for equal values', () => {
    expect(patch({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toEqual([]);
  });

  it('adds, replaces and removes members, and nothing beside them', () => {
    expect(patch({ same: 1, old: 1, changed: 1 }, { same: 1, changed: 2, new: null })).toEqual([
      { op: 'remove', path: '/old' },
      { op: 'replace', path: '/changed', value: 2 },
      { op: 'add', path: '/new', value: null },
    ]);
  });

  it('escapes what a pointer cannot hold', () => {
    expect(patch({}, { 'a/b~c': 1 })).toEqual([{ op: 'add', path: '/a~1b~0c', value: 1 }]);
  });

  it('inserts a named entry without rewriting its neighbours', () => {
    const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
    expect(patch([a, c], [a, b, c])).toEqual([{ op: 'add', path: '/1', value: b }]);
    expect(patch([a, b, c], [a, c])).toEqual([{ op: 'remove', path: '/1' }]);
  });

  it('changes only the member of a named entry that changed', () => {
    const before = [{ name: 'a' }, { name: 'b', image: 'x', env: [{ name: 'E', value: '1' }] }];
    const after = [
      { name: 'new' },
      { name: 'a' },
      { name: 'b', image: 'x', env: [{ name: 'E', value: '2' }] },
    ];
    expect(patch(before, after)).toEqual([
      { op: 'add', path: '/0', value: { name: 'new' } },
      { op: 'replace', path: '/2/env/0/value', value: '2' },
    ]);
  });

  it('moves an entry by taking it out and putting it in, never its neighbours', () => {
    const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
    expect(patch([a, b, c], [b, c, a])).toEqual([
      { op: 'remove', path: '/0' },
      { op: 'add', path: '/2', value: a },
    ]);
  });

  it('tells mounts of one volume apart by their path', () => {
    const mount = (mountPath: string, more = {}): Json => ({ name: 'v', mountPath, ...more });
    expect(patch([mount('/a'), mount('/b')], [mount('/a'), mount('/b', { readOnly: true })])).toEqual([
      { op: 'add', path: '/1/readOnly', value: true },
    ]);
  });

  it('does not mistake what an object inherits for a member', () => {
    expect(patch({}, { constructor: 1 })).toEqual([{ op: 'add', path: '/constructor', value: 1 }]);
    expect(patch({ toString: 1 }, {})).toEqual([{ op: 'remove', path: '/toString' }]);
  });
});

// Another implementation of JSON Patch leaves this key alone for its own safety.
const json = fc.jsonValue({ maxDepth: 4 }).filter((value) => !JSON.stringify(value).includes('__proto__'));

const named = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), value: json, list: fc.array(json) }),
  { selector: ({ name }) => name },
);

describe('applying the patch between two values to the first gives the second', () => {
  it('for any JSON', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        expect(applied(before as Json, patch(before as Json, after as Json))).toEqual(after);
      }),
      { numRuns: 500 },
    );
  });

  it('for any lists of named entries, in any order', () => {
    fc.assert(
      fc.property(named, named, (before, after) => {
        const [from, to] = [{ list: before }, { list: after }] as unknown as [Json, Json];
        expect(applied(from, patch(from, to))).toEqual(to);
      }),
      { numRuns: 500 },
    );
  });
});
