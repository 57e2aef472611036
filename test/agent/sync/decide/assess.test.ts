import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../../agent/schedule/attempt.ts';
import { type Assessment, assess } from '../../../../agent/sync/decide/assess.ts';
import { readNamespace } from '../../../../agent/sync/decide/namespace.ts';
import type { Stores } from '../../../../agent/sync/decide/wanted.ts';
import { secretObject, storesOf } from './world.ts';

const NAMESPACE = readNamespace({
  'sidekey.dev/infisical': 'ml/prod/registry',
  'sidekey.dev/vault-paths': 'secret/data/ml',
});
const FOLDER = 'infisical:ml/prod/registry';
const PATH = 'vault:secret/data/ml/db';
const DOWN: Failure = { code: 'unreachable', message: 'Cannot reach it', transient: true };
const TEMPLATE = {
  'sidekey.dev/source': FOLDER,
  'sidekey.dev/template.url': '{{ with secret "secret/data/ml/db" }}{{ .Data.user }}{{ end }}',
};

const look = (
  stores: Stores,
  annotations: Readonly<Record<string, string>>,
  data: Readonly<Record<string, string>> = {},
): Assessment =>
  assess(secretObject({ 'infisical.com/secret-sync': 'true', ...annotations }, data), NAMESPACE, stores);

/** The stores as they are in an outage: what was read before is known. */
const inOutage = (stores: Stores): Stores => ({
  ...stores,
  known: (ref) => ({ ...stores.known(ref), failure: DOWN }),
});

describe('what is told of a store that is down', () => {
  test('is nothing, of a Secret that has its values', () => {
    const filled = { 'sidekey.dev/managed-keys': 'TOKEN,url' };
    const down = storesOf({ [FOLDER]: DOWN, [PATH]: DOWN });
    expect(look(down, { ...TEMPLATE, ...filled }, { TOKEN: 't1', url: 'u' }).error).toBeUndefined();
  });

  test('is nothing, where all values are known from before, though they have yet to be filled in', () => {
    const known = inOutage(storesOf({ [FOLDER]: { TOKEN: 't1' } }));
    expect(look(known, {})).toMatchObject({ error: undefined, changed: ['TOKEN'] });
    expect(look(known, {}, { TOKEN: 'of the manifest' }).error).not.toContain(DOWN.message);
  });

  test('is what it keeps from being filled, even where other keys are', () => {
    const half = storesOf({ [FOLDER]: { TOKEN: 't1' }, [PATH]: DOWN });
    expect(look(half, TEMPLATE).error).toContain(DOWN.message);
    const noted = { 'sidekey.dev/managed-keys': 'TOKEN' };
    expect(look(half, { ...TEMPLATE, ...noted }, { TOKEN: 't1' }).error).toContain(DOWN.message);
    const other = storesOf({ [FOLDER]: DOWN, [PATH]: { user: 'u' } });
    const rendered = { 'sidekey.dev/managed-keys': 'url' };
    expect(look(other, { ...TEMPLATE, ...rendered }, { url: 'u' }).error).toContain(DOWN.message);
  });
});

test('what is told can stand in an annotation as it is: it is cut, and no half character is in it', () => {
  const name = `${'k'.repeat(960)}\ud83d\ude00`;
  const stores = storesOf({ [FOLDER]: { TOKEN: 't1' } });
  for (let cut = 0; cut < 40; cut += 1) {
    const { error = '' } = look(stores, { 'sidekey.dev/keys': `token=${name.slice(cut)}\ud83d` });
    expect(error.length).toBeLessThan(1030);
    expect(error.isWellFormed()).toBe(true);
  }
});
