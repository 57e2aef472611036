import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VAULT_METHODS } from '#contract/vault-auth.ts';
import { serialiseJson } from '../../../agent/value/json.ts';
import { containing, matching, reading } from '../../agent/provider/vault/fixtures.ts';
import { makeToken } from '../../servers/login-methods.ts';
import { type Methods, openMethods, providerAt, TERMS, withDirectory } from './methods.ts';
import { NEVER } from './stage.ts';

let methods: Methods;

beforeAll(async () => {
  methods = await openMethods();
});

afterAll(() => methods[Symbol.asyncDispose]());

describe.each([
  ['the root namespace', 'root', {}, 'secret/data/ml/api-key'],
  ['a namespace', 'team', { namespace: 'team' }, 'secret/ml/api-key'],
] as const)('in %s', (_where, which, store, path) => {
  test.each(VAULT_METHODS)('an agent logs in by %s, reads, and renews its token', (method) =>
    withDirectory(async (directory) => {
      const auth = await methods[which].auth(method, directory);
      const session = await providerAt(methods.bao, { ...store, auth }).login(NEVER);
      expect(session.lifetime).toMatchObject({ kind: 'leased', renewable: true });
      const { value } = await session.read(reading(path), NEVER);
      expect(serialiseJson(value.reveal())).toContain(`"of ${which}"`);
      await expect(session.renew({ kind: 'token' }, NEVER)).resolves.toMatchObject({ ttlMs: 60_000 });
    }),
  );
});

describe('a client certificate', () => {
  test('is enough where no role is named', () =>
    withDirectory(async (directory) => {
      const files = await methods.root.clients.issue(directory, 'runner');
      const auth = { method: 'cert', path: 'auth/cert', ...files } as const;
      await expect(providerAt(methods.bao, { auth }).login(NEVER)).resolves.toMatchObject({
        lifetime: { ttlMs: 60_000 },
      });
    }));

  test('that was replaced is shown to the next login, while the token of the old one can only serve out its time', () =>
    withDirectory(async (directory) => {
      const auth = await methods.root.auth('cert', directory);
      const provider = providerAt(methods.bao, { auth });
      const first = await provider.login(NEVER);
      await methods.root.clients.issue(directory, 'runner');
      await expect(first.renew({ kind: 'token' }, NEVER)).rejects.toMatchObject({ code: 'token_invalid' });
      const second = await provider.login(NEVER);
      await expect(second.renew({ kind: 'token' }, NEVER)).resolves.toMatchObject({ ttlMs: 60_000 });
      // The old token serves on until the new one has taken over.
      await expect(first.read(reading('secret/data/ml/api-key'), NEVER)).resolves.toMatchObject({
        lifetime: { kind: 'polled' },
      });
    }));

  test('of somebody else is refused, with whose it is and what to do', () =>
    withDirectory(async (directory) => {
      const files = await methods.root.clients.issue(directory, 'other');
      const auth = { method: 'cert', path: 'auth/cert', role: 'ml', ...files } as const;
      await expect(providerAt(methods.bao, { auth }).login(NEVER)).rejects.toMatchObject({
        code: 'login_refused',
        message: matching(
          /does not accept the certificate of "CN=other" by "CN=Clients", good until .*: have the role trust/u,
        ),
      });
    }));

  test('that has ended is refused, and passes for no fault of the server', () =>
    withDirectory(async (directory) => {
      const { clients } = methods.root;
      const files = await clients.issue(directory, 'runner', '1s');
      const auth = { method: 'cert', path: 'auth/cert', role: 'ml', ...files } as const;
      const provider = providerAt(methods.bao, { auth });
      await expect
        .poll(() => provider.login(NEVER).then(String, (error: unknown) => error))
        .toMatchObject({ code: 'login_refused', message: containing('has ended, or has not begun') });
    }));

  test.each([
    ['is no PEM', 'client.crt', 'nonsense', 'Cannot show the client certificate'],
    ['does not fit its key', 'client.key', undefined, 'is not its key'],
  ])('that %s is refused before anything is sent', (_what, file, text, message) =>
    withDirectory(async (directory) => {
      const { clients } = methods.root;
      const files = await clients.issue(directory, 'runner');
      await withDirectory(async (elsewhere) => {
        const other = await clients.issue(elsewhere, 'runner');
        const bad = { ...files, ...(text === undefined ? { keyFile: other.keyFile } : {}) };
        if (text !== undefined) await writeFile(join(directory, file), text);
        const auth = { method: 'cert', path: 'auth/cert', role: 'ml', ...bad } as const;
        await expect(providerAt(methods.bao, { auth }).login(NEVER)).rejects.toMatchObject({
          code: 'login_refused',
          message: containing(message),
        });
      });
    }),
  );

  test('that is not there is named with what to mount', async () => {
    const auth = {
      method: 'cert',
      path: 'auth/cert',
      certFile: '/none/tls.crt',
      keyFile: '/none/tls.key',
    } as const;
    await expect(providerAt(methods.bao, { auth }).login(NEVER)).rejects.toMatchObject({
      code: 'login_refused',
      message:
        'Cannot read the client certificate /none/tls.crt: ENOENT; mount a Secret of type kubernetes.io/tls there',
    });
  });
});

describe('a token of a file', () => {
  const use = async (
    text: string,
    directory: string,
  ): Promise<{ file: string; provider: ReturnType<typeof providerAt> }> => {
    const file = join(directory, 'token');
    await writeFile(file, text);
    return { file, provider: providerAt(methods.bao, { auth: { method: 'token_file', tokenFile: file } }) };
  };

  test('is never revoked by the agent', () =>
    withDirectory(async (directory) => {
      const token = await makeToken(methods.root.api, TERMS);
      const { provider } = await use(token, directory);
      const session = await provider.login(NEVER);
      await expect(session.revoke({ kind: 'token' }, NEVER)).rejects.toMatchObject({ code: 'forbidden' });
      expect(await methods.requests('auth/token/revoke-self')).toBe(0);
      await expect(
        methods.bao.api('GET', 'auth/token/lookup-self', undefined, { token }),
      ).resolves.toBeDefined();
    }));

  test('that nobody has replaced is not taken for a new one; another is', () =>
    withDirectory(async (directory) => {
      const { file, provider } = await use(await makeToken(methods.root.api, TERMS), directory);
      await provider.login(NEVER);
      await expect(provider.login(NEVER)).rejects.toMatchObject({
        code: 'login_refused',
        message: containing('the file still holds it; write a new token there'),
      });
      const next = await makeToken(methods.root.api, TERMS);
      await writeFile(file, next);
      expect((await provider.login(NEVER)).token.reveal()).toBe(next);
    }));

  test('that was revoked is looked at again, and named as such', () =>
    withDirectory(async (directory) => {
      const token = await makeToken(methods.root.api, TERMS);
      const { file, provider } = await use(token, directory);
      const session = await provider.login(NEVER);
      await methods.bao.api('POST', 'auth/token/revoke', { token });
      await expect(session.read(reading('secret/data/ml/api-key'), NEVER)).rejects.toMatchObject({
        code: 'token_invalid',
      });
      await expect(provider.login(NEVER)).rejects.toMatchObject({
        code: 'login_refused',
        message: `Cannot use the token of ${file} (403): it has ended or was revoked; write a new token to ${file}`,
      });
    }));

  test('that may not look itself up is told which right it lacks', () =>
    withDirectory(async (directory) => {
      const answer = await methods.bao.api('POST', 'auth/token/create', {
        no_default_policy: true,
        policies: ['ml'],
        ttl: '60s',
      });
      const { provider } = await use(
        (answer as { auth: { client_token: string } }).auth.client_token,
        directory,
      );
      await expect(provider.login(NEVER)).rejects.toMatchObject({
        code: 'login_refused',
        message: containing('grant "read" on "auth/token/lookup-self"'),
      });
    }));

  test('without an end has no lifetime to look after', () =>
    withDirectory(async (directory) => {
      const { provider } = await use(methods.bao.rootToken, directory);
      expect((await provider.login(NEVER)).lifetime).toEqual({ kind: 'static' });
    }));

  test('whose file is empty, or not there, is asked for', () =>
    withDirectory(async (directory) => {
      const { file, provider } = await use('\n', directory);
      await expect(provider.login(NEVER)).rejects.toMatchObject({ message: containing('it is empty') });
      await rm(file);
      await expect(provider.login(NEVER)).rejects.toMatchObject({
        message: `Cannot read the token ${file}: ENOENT; mount the token that the agent is to use there`,
      });
    }));
});
