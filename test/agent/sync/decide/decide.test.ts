import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { annotationsIn, type JsonObject, objectIn } from '#contract/json.ts';
import { PLACEHOLDER, STATUS_KEYS } from '#contract/secret-sync.ts';
import { type Decision, decide } from '../../../../agent/sync/decide/decide.ts';
import { isPlaceholder, readSecret } from '../../../../agent/sync/decide/live-secret.ts';
import { UNKNOWN, type Wanted } from '../../../../agent/sync/decide/wanted.ts';
import { base64, NOW, secretObject } from './world.ts';

const ASKS = { 'infisical.com/secret-sync': 'true' };

const wanting = (values: Readonly<Record<string, string>>, more: Partial<Wanted> = {}): Wanted => ({
  ...UNKNOWN,
  complete: true,
  values: new Map(Object.entries(values).map(([key, value]) => [key, base64(value)])),
  ...more,
});

const look = (object: JsonObject, wanted: Wanted): Decision => decide(readSecret(object), wanted, NOW);

const dataOf = ({ apply }: Decision): Record<string, string> =>
  Object.fromEntries(
    [...readSecret(apply ?? {}).data].map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );

/** What the API server makes of an apply: fields that the manager no longer names go, if nobody else has them. */
function applied(object: JsonObject, { apply, managed }: Decision): JsonObject {
  if (apply === undefined) return object;
  const before = readSecret(object);
  const kept = [...before.data].filter(([key]) => !before.managed.has(key) || managed.includes(key));
  const metadata = objectIn(object, 'metadata');
  const annotations = { ...annotationsIn(object), ...annotationsIn(apply) };
  return {
    ...object,
    metadata: { ...metadata, annotations, resourceVersion: '8' },
    data: { ...Object.fromEntries(kept), ...objectIn(apply, 'data') },
  };
}

describe('a Secret of the user’s', () => {
  test.each([
    ['without data', undefined],
    ['with empty data', {}],
    ['with a placeholder', { token: PLACEHOLDER }],
    ['with an empty value', { token: '' }],
  ])('%s is filled', (_, data) => {
    const decision = look(secretObject(ASKS, data), wanting({ token: 't1' }));
    expect(dataOf(decision)).toEqual({ token: 't1' });
    expect(decision).toMatchObject({ changed: ['token'], managed: ['token'], problems: [] });
  });

  test('is applied with uid and resourceVersion, and says what is the sync’s, how often it changed and when', () => {
    expect(look(secretObject(ASKS, undefined), wanting({ token: 't1', a: '1' })).apply).toMatchObject({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'model-registry',
        namespace: 'ml',
        uid: 'u1',
        resourceVersion: '7',
        annotations: {
          'sidekey.dev/managed-keys': 'a,token',
          'sidekey.dev/version': '1',
          'sidekey.dev/last-sync': NOW.toISOString(),
        },
      },
    });
  });

  test('that holds what it is to hold is left alone', () => {
    const object = secretObject({ ...ASKS, [STATUS_KEYS.managedKeys]: 'token' }, { token: 't1', own: 'x' });
    const decision = look(object, wanting({ token: 't1' }));
    expect(decision).toMatchObject({ changed: [], managed: ['token'], problems: [] });
    expect(decision.apply).toBeUndefined();
  });

  test('gets a new version with a new value, and none where only the books are put right', () => {
    const status = { ...ASKS, [STATUS_KEYS.version]: '41', [STATUS_KEYS.lastSync]: 'earlier' };
    const known = { ...status, [STATUS_KEYS.managedKeys]: 'token' };
    const rotated = look(secretObject(known, { token: 't1' }), wanting({ token: 't2' }));
    expect(annotationsIn(rotated.apply ?? {})[STATUS_KEYS.version]).toBe('42');
    const managedFields = [
      { manager: 'sidekey-sync', operation: 'Apply', fieldsV1: { 'f:data': { '.': {}, 'f:token': {} } } },
    ];
    const object = secretObject(status, { token: 't1' });
    const metadata = { ...objectIn(object, 'metadata'), managedFields };
    const put = look({ ...object, metadata }, wanting({ token: 't1' }));
    expect(annotationsIn(put.apply ?? {})).toMatchObject({
      [STATUS_KEYS.version]: '41',
      [STATUS_KEYS.lastSync]: 'earlier',
      [STATUS_KEYS.managedKeys]: 'token',
    });
  });
});

describe('what is not the sync’s', () => {
  test('stays, and is told, even if it happens to be the same', () => {
    for (const own of ['mine', 's1']) {
      const decision = look(secretObject(ASKS, { shared: own }), wanting({ shared: 's1', token: 't1' }));
      expect(dataOf(decision)).toEqual({ token: 't1' });
      expect(decision.problems).toMatchObject([{ reason: 'conflict' }]);
      expect(decision.problems[0]?.message).toContain('shared');
      expect(decision.problems[0]?.message).not.toContain(own);
    }
  });

  test('becomes the sync’s when it is made a placeholder', () => {
    const decision = look(secretObject(ASKS, { shared: PLACEHOLDER }), wanting({ shared: 's1' }));
    expect(dataOf(decision)).toEqual({ shared: 's1' });
  });

  test('is never a key that the sync has filled: somebody’s edit is taken back', () => {
    const object = secretObject({ ...ASKS, [STATUS_KEYS.managedKeys]: 'token' }, { token: 'edited' });
    expect(dataOf(look(object, wanting({ token: 't1' })))).toEqual({ token: 't1' });
  });
});

describe('what the store no longer says', () => {
  const filled = secretObject({ ...ASKS, [STATUS_KEYS.managedKeys]: 'a,b' }, { a: '1', b: '2', own: 'x' });

  test('goes, if the answer is whole', () => {
    const decision = look(filled, wanting({ a: '1' }));
    expect(dataOf(decision)).toEqual({ a: '1' });
    expect(decision.changed).toEqual(['b']);
  });

  test('goes without a word, where the sync has filled it with nothing', () => {
    const object = secretObject({ ...ASKS, [STATUS_KEYS.managedKeys]: 'a,empty' }, { a: '1', empty: '' });
    expect(look(object, wanting({ a: '1' }))).toMatchObject({ managed: ['a'], problems: [] });
  });

  test('stays, if there is no answer', () => {
    expect(look(filled, UNKNOWN).apply).toBeUndefined();
  });

  test('stays, if there is no answer, though it is empty as a placeholder is', () => {
    const object = secretObject({ ...ASKS, [STATUS_KEYS.managedKeys]: 'a,empty' }, { a: '1', empty: '' });
    expect(look(object, UNKNOWN).apply).toBeUndefined();
    expect(dataOf(look(object, wanting({ a: '2' }, { kept: new Set(['empty']) })))).toEqual({
      a: '2',
      empty: '',
    });
  });

  test('stays, where only that key is not known', () => {
    const decision = look(filled, wanting({ a: '2' }, { kept: new Set(['b']) }));
    expect(dataOf(decision)).toEqual({ a: '2', b: '2' });
  });
});

test('a placeholder for which the source has nothing is told, with what is like it', () => {
  const decision = look(secretObject(ASKS, { token: PLACEHOLDER }), wanting({ TOKEN: 't1' }));
  expect(decision.problems).toMatchObject([{ reason: 'missing_key' }]);
  expect(decision.problems[0]?.message).toContain('token=TOKEN');
});

test('an immutable Secret is told, not applied', () => {
  const decision = look(secretObject(ASKS, undefined, { immutable: true }), wanting({ token: 't1' }));
  expect(decision.apply).toBeUndefined();
  expect(decision.problems).toMatchObject([{ reason: 'immutable' }]);
});

test('values that no Secret can hold are told, not applied, and the old ones stay', () => {
  const object = secretObject(
    { ...ASKS, [STATUS_KEYS.managedKeys]: 'a' },
    { a: '1', own: 'x'.repeat(600_000) },
  );
  const decision = look(object, wanting({ a: 'y'.repeat(600_000) }));
  expect(decision.apply).toBeUndefined();
  expect(decision).toMatchObject({ managed: ['a'], problems: [{ reason: 'too_large' }] });
});

test('a large value that goes under another name from now on is not counted twice', () => {
  const object = secretObject({ ...ASKS, [STATUS_KEYS.managedKeys]: 'old' }, { old: 'x'.repeat(600_000) });
  const decision = look(object, wanting({ new: 'x'.repeat(600_000) }));
  expect(decision).toMatchObject({ managed: ['new'], problems: [] });
  expect(Object.keys(dataOf(decision))).toEqual(['new']);
});

const KEY = fc.constantFrom('a', 'b', 'c', 'd');
const VALUE = fc.constantFrom('', PLACEHOLDER, '1', '2', 'x');
const LIVE = fc
  .record({ data: fc.dictionary(KEY, VALUE), managed: fc.uniqueArray(KEY) })
  .map(({ data, managed }) =>
    secretObject({ ...ASKS, [STATUS_KEYS.managedKeys]: managed.toSorted().join(',') }, data),
  );
const WANTED = fc
  .record({ values: fc.dictionary(KEY, VALUE), complete: fc.boolean(), kept: fc.uniqueArray(KEY) })
  .map(({ values, complete, kept }) =>
    wanting(values, { complete, kept: new Set(kept.filter((key) => !(key in values))) }),
  );

describe('whatever a Secret holds and is to hold', () => {
  test('a value that is somebody else’s is neither changed nor taken away', () => {
    fc.assert(
      fc.property(LIVE, WANTED, (object, wanted) => {
        const before = readSecret(object);
        const after = readSecret(applied(object, look(object, wanted)));
        const foreign = [...before.data].filter(
          ([key, value]) => !before.managed.has(key) && !isPlaceholder(value),
        );
        for (const [key, value] of foreign) expect(after.data.get(key)).toBe(value);
      }),
    );
  });

  test('of an answer that is not whole, nothing is taken away', () => {
    fc.assert(
      fc.property(LIVE, WANTED, (object, wanted) => {
        const after = readSecret(applied(object, look(object, { ...wanted, complete: false })));
        for (const key of readSecret(object).data.keys()) expect(after.data.has(key)).toBe(true);
      }),
    );
  });

  test('there is nothing left to do afterwards', () => {
    fc.assert(
      fc.property(LIVE, WANTED, (object, wanted) => {
        const after = applied(object, look(object, wanted));
        expect(look(after, wanted).apply).toBeUndefined();
      }),
    );
  });

  test('everything that can be is as the store says', () => {
    fc.assert(
      fc.property(LIVE, WANTED, (object, wanted) => {
        const decision = look(object, wanted);
        const after = readSecret(applied(object, decision));
        const told = decision.problems
          .filter(({ reason }) => reason === 'conflict')
          .map(({ message }) => message);
        const unlike = [...wanted.values].filter(([key, value]) => after.data.get(key) !== value);
        for (const [key] of unlike) expect(told.join()).toContain(key);
      }),
    );
  });
});
