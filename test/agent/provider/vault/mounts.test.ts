import { expect, test } from 'vitest';
import { createMounts } from '../../../../agent/provider/vault/mounts.ts';
import type { Answer } from '../../../../agent/provider/http/transport.ts';
import { parseJson } from '../../../../agent/value/json.ts';

const NEVER = new AbortController().signal;

function answer(status: number, body: object = {}): Answer {
  return { status, body: parseJson(JSON.stringify(body)), headers: {}, retryAfterMs: undefined };
}

const kv = (path: string, version: string): Answer =>
  answer(200, { data: { path, type: 'kv', options: { version } } });

/** Answers in turn, noting the questions. */
function asking(...answers: Answer[]): { ask: (path: string) => Promise<Answer>; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    ask: async (path) => {
      asked.push(path);
      return answers.shift() ?? answer(500);
    },
  };
}

test('thirty secrets of one mount cost one question', async () => {
  const { ask, asked } = asking(kv('secret/', '2'));
  const mounts = createMounts(ask);
  const paths = Array.from({ length: 30 }, (_item, index) => `secret/app-${index}`);
  const found = await Promise.all(paths.map((path) => mounts(path, NEVER)));
  expect(new Set(found)).toEqual(new Set([{ path: 'secret/', version: 2, engine: 'kv' }]));
  expect(asked).toEqual(['sys/internal/ui/mounts/secret/app-0']);
});

test('a mount that is in doubt is asked for again, and no other', async () => {
  const { ask, asked } = asking(kv('secret/', '1'), kv('other/', '2'), kv('secret/', '2'));
  const mounts = createMounts(ask);
  for (const path of ['secret/app', 'other/app']) await mounts(path, NEVER);
  mounts.forget('secret/app');
  await expect(mounts('secret/other', NEVER)).resolves.toMatchObject({ version: 2 });
  await mounts('other/app', NEVER);
  expect(asked).toHaveLength(3);
});

test('mounts that begin alike are told apart', async () => {
  const { ask, asked } = asking(kv('team/a/', '2'), kv('team/b/', '1'));
  const mounts = createMounts(ask);
  await expect(Promise.all([mounts('team/a/x', NEVER), mounts('team/b/x', NEVER)])).resolves.toEqual([
    { path: 'team/a/', version: 2, engine: 'kv' },
    { path: 'team/b/', version: 1, engine: 'kv' },
  ]);
  expect(asked).toHaveLength(2);
});

test('an engine without options is of version 1', async () => {
  const { ask } = asking(answer(200, { data: { path: 'pki/', type: 'pki', options: null } }));
  await expect(createMounts(ask)('pki/issue/web', NEVER)).resolves.toEqual({
    path: 'pki/',
    version: 1,
    engine: 'pki',
  });
});

test('a namespace before the mount is left out where the path has none', async () => {
  const { ask } = asking(kv('team/ml/secret/', '2'));
  await expect(createMounts(ask)('secret/app', NEVER)).resolves.toEqual({
    path: 'secret/',
    version: 2,
    engine: 'kv',
  });
});

test('a server that does not tell is asked again next time', async () => {
  const { ask, asked } = asking(answer(403), answer(404), kv('secret/', '2'));
  const mounts = createMounts(ask);
  await expect(mounts('secret/app', NEVER)).resolves.toBeUndefined();
  await expect(mounts('secret/app', NEVER)).resolves.toBeUndefined();
  await expect(mounts('secret/app', NEVER)).resolves.toEqual({ path: 'secret/', version: 2, engine: 'kv' });
  expect(asked).toHaveLength(3);
});

test('a fault that passes is no answer, and does not hold up the next question', async () => {
  const { ask } = asking(answer(503), kv('secret/', '2'));
  const mounts = createMounts(ask);
  const [first, second] = await Promise.allSettled([mounts('secret/a', NEVER), mounts('secret/b', NEVER)]);
  expect(first).toMatchObject({ status: 'rejected', reason: { code: 'sealed' } });
  expect(second).toMatchObject({ status: 'fulfilled', value: { version: 2 } });
});
