import { describe, expect, test } from 'vitest';
import type { SecretRef } from '../../../../agent/provider/provider.ts';
import type { Answer } from '../../../../agent/provider/http/transport.ts';
import type { FindMount } from '../../../../agent/provider/vault/mounts.ts';
import { createVersions } from '../../../../agent/provider/vault/versions.ts';
import { parseJson } from '../../../../agent/value/json.ts';
import { isValueMap, type ValueMap } from '../../../../agent/value/value.ts';
import { reading } from './fixtures.ts';

const NEVER = new AbortController().signal;
const LARGE = 'x'.repeat(20_000);

function map(value: object): ValueMap {
  const parsed = parseJson(JSON.stringify(value));
  if (!isValueMap(parsed)) throw new Error('Not an object');
  return parsed;
}

const VERSION = { created_time: '2026-01-02T03:04:05Z', deletion_time: '', destroyed: false };

/** An answer for a secret of KV v2. */
const held = (metadata: object = {}, text = LARGE): ValueMap =>
  map({
    data: { data: { text }, metadata: { ...VERSION, version: 3, custom_metadata: { a: 'b' }, ...metadata } },
  });

const METADATA = {
  current_version: 3,
  custom_metadata: { a: 'b' },
  versions: { 2: { ...VERSION, created_time: '2025' }, 3: VERSION },
};

interface Store {
  readonly asked: string[];
  isCurrent(ref: SecretRef, known: ValueMap): Promise<boolean>;
}

/** A session at a store that has KV v2 at `secret/` and `team/kv/`, and KV v1 at `old/`. */
function store(status: number, metadata: object = METADATA): Store {
  const asked: string[] = [];
  const mounts: FindMount = async (path) =>
    [
      { path: 'secret/', version: 2, engine: 'kv' } as const,
      { path: 'team/kv/', version: 2, engine: 'kv' } as const,
      { path: 'old/', version: 1, engine: 'kv' } as const,
    ].find((mount) => path.startsWith(mount.path));
  const send = async ({ path }: { readonly path: string }): Promise<Answer> => {
    asked.push(path);
    return { status, body: map({ data: metadata }), headers: {}, retryAfterMs: undefined };
  };
  const isCurrent = createVersions({ requests: { send }, mounts });
  return { asked, isCurrent: (ref, known) => isCurrent(ref, known, NEVER) };
}

describe('a large secret whose metadata say the same', () => {
  test.each([
    ['secret/data/app', 'secret/metadata/app'],
    ['secret/app', 'secret/metadata/app'],
    ['team/kv/data/a/data/b', 'team/kv/metadata/a/data/b'],
    ['secret/data/two%20words', 'secret/metadata/two%20words'],
  ])('at %s is not read again', async (path, expected) => {
    const { asked, isCurrent } = store(200);
    expect(await isCurrent(reading(path), held())).toBe(true);
    expect(asked).toEqual([expected]);
  });

  test('of an older version that was asked for is not, either', async () => {
    const older = held({ version: 2, created_time: '2025' });
    expect(await store(200).isCurrent(reading('secret/data/app?version=2'), older)).toBe(true);
    expect(await store(200).isCurrent(reading('secret/data/app'), older)).toBe(false);
  });
});

test.each<[string, object]>([
  ['has a newer version', { current_version: 4 }],
  ['was removed and made anew', { versions: { 3: { ...VERSION, created_time: 'later' } } }],
  ['was deleted', { versions: { 3: { ...VERSION, deletion_time: '2026-01-03T00:00:00Z' } } }],
  ['was destroyed', { versions: { 3: { ...VERSION, destroyed: true } } }],
  ['has lost the version', { versions: {} }],
  ['has other custom metadata', { custom_metadata: { a: 'c' } }],
  ['has lost its custom metadata', { custom_metadata: null }],
  ['has metadata of another form', { versions: undefined }],
])('a secret that %s is read', async (_name, change) => {
  expect(await store(200, { ...METADATA, ...change }).isCurrent(reading('secret/data/app'), held())).toBe(
    false,
  );
});

test('a version that will be deleted at its time is read each time', async () => {
  const soon = { deletion_time: '2099-01-01T00:00:00Z' };
  const { isCurrent } = store(200, { ...METADATA, versions: { 3: { ...VERSION, ...soon } } });
  expect(await isCurrent(reading('secret/data/app'), held(soon))).toBe(false);
});

describe('nothing is asked', () => {
  test.each<[string, SecretRef, ValueMap]>([
    ['of a small secret, for its metadata are no smaller', reading('secret/data/app'), held({}, 'short')],
    ['of what is not of KV v2', reading('old/app'), map({ data: { text: LARGE } })],
    ['of a list', { ...reading('secret/data/app'), operation: 'list' }, held()],
    ['where the mount is not known', reading('unknown/data/app'), held()],
  ])('%s', async (_name, ref, known) => {
    const { asked, isCurrent } = store(200);
    expect(await isCurrent(ref, known)).toBe(false);
    expect(asked).toEqual([]);
  });
});

describe('where the policies do not allow it', () => {
  test('one question is asked for each mount', async () => {
    const { asked, isCurrent } = store(403);
    for (const path of ['secret/data/a', 'secret/data/b', 'secret/data/a', 'team/kv/c', 'team/kv/d'])
      expect(await isCurrent(reading(path), held())).toBe(false);
    expect(asked).toEqual(['secret/metadata/a', 'team/kv/metadata/c']);
  });
});

test('a secret without metadata is not asked for them again', async () => {
  const { asked, isCurrent } = store(404);
  for (let round = 0; round < 3; round += 1)
    expect(await isCurrent(reading('secret/data/a'), held())).toBe(false);
  expect(asked).toEqual(['secret/metadata/a']);
});

test.each([
  [429, 'rate_limited'],
  [503, 'sealed'],
  [500, 'server_error'],
])('a server that answers %d is not asked for the secret, too', async (status, code) => {
  await expect(store(status).isCurrent(reading('secret/data/a'), held())).rejects.toMatchObject({ code });
});
