import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FIELD_MANAGER, PLACEHOLDER, STATUS_KEYS } from '#contract/secret-sync.ts';
import { ASKS, base64, type Call, GuardedCluster } from './guarded-cluster.ts';

let cluster: GuardedCluster;
let secrets = 0;

beforeAll(async () => {
  cluster = await GuardedCluster.start();
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

const merge = (name: string, body: object): Call => ({ method: 'PATCH', name, type: 'merge', body });
const named = (keys: string | null) => ({ metadata: { annotations: { [STATUS_KEYS.managedKeys]: keys } } });

const KEYS = ['a', 'b', 'c'];
const values = (...choices: readonly string[]) =>
  fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...choices), { maxKeys: 3 });

/** What a user does to a Secret; `null` takes a key away. */
const userStep = fc.oneof(
  values('', PLACEHOLDER, 'theirs', 'same').map((data) => ({
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
  })),
  fc.constantFrom(...KEYS).map((key) => ({ data: { [key]: null } })),
  fc.constant({ data: null }),
  fc.constantFrom(null, '', 'a', 'a,b', 'c').map(named),
);
const syncStep = values('same', 'new', 'newer').map((wanted) => ({ wanted }));

test('whatever its user does to a Secret, what the sync applies is taken', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(userStep, syncStep), { minLength: 2, maxLength: 8 }),
      async (steps) => {
        secrets += 1;
        const name = `any-${secrets}`;
        await cluster.ask('admin', { method: 'POST', body: { metadata: { name, annotations: ASKS } } });
        for (const step of steps) {
          if ('wanted' in step) await cluster.sync(name, step.wanted);
          else await cluster.ask('admin', merge(name, step));
        }
      },
    ),
    { numRuns: 60 },
  );
});

/** By the books of the API server, the sync has applied these keys. */
const books = (keys: readonly string[]): object => ({
  manager: FIELD_MANAGER,
  operation: 'Apply',
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:data': Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) },
});

const someKeys = fc.subarray(['own', 'token', 'more']);
const someValues = fc.dictionary(
  fc.constantFrom('own', 'token', 'more'),
  fc.constantFrom(base64('x'), base64('own'), '', null),
);

/** What somebody with the account's token might send, at random. */
const randomAttack = fc
  .record({
    type: fc.constantFrom('merge' as const, 'apply' as const),
    manager: fc.constantFrom(FIELD_MANAGER, `${FIELD_MANAGER}-status`, 'another'),
    data: someValues,
    keys: someKeys,
    forged: someKeys,
  })
  .map(({ type, manager, data, keys, forged }): Omit<Call, 'name'> => {
    const managedFields = type === 'merge' && forged.length > 0 ? { managedFields: [books(forged)] } : {};
    const metadata = { ...named(keys.join(',')).metadata, ...managedFields };
    return { method: 'PATCH', type, manager, body: { metadata, data } };
  });

/** One that looks as what the sync sends: it names what it applies. */
const plausibleAttack = fc
  .record({ keys: someKeys, value: fc.constantFrom('x', 'own') })
  .map(({ keys, value }): Omit<Call, 'name'> => {
    const data = Object.fromEntries(keys.map((key) => [key, base64(value)]));
    const body = { ...named(keys.join(',')), data };
    return { method: 'PATCH', type: 'apply', manager: FIELD_MANAGER, body };
  });

const attack = fc.oneof(randomAttack, plausibleAttack);

test('whatever the account asks for, a value of the user’s stays', async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(attack, { minLength: 1, maxLength: 5 }), async (calls) => {
      secrets += 1;
      const name = `kept-${secrets}`;
      const body = { metadata: { name, annotations: ASKS }, data: { own: base64('own'), token: '' } };
      await cluster.ask('admin', { method: 'POST', body });
      for (const call of calls) {
        const { status } = await cluster.ask('sync', { ...call, name });
        if (status === 200) taken += 1;
      }
      expect(await cluster.values(name)).toMatchObject({ own: 'own' });
    }),
    { numRuns: 100 },
  );
  expect(taken).toBeGreaterThan(0);
});
