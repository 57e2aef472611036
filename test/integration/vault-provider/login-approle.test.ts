import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppRoleAuth } from '#contract/vault-auth.ts';
import type { Provider } from '../../../agent/provider/provider.ts';
import { createKeepsake } from '../../../agent/state/keepsake.ts';
import { containing } from '../../agent/provider/vault/fixtures.ts';
import { type AppRole, WRAPPING_PATH } from '../../servers/login-methods.ts';
import { type Methods, openMethods, providerAt, withDirectory } from './methods.ts';
import { NEVER } from './stage.ts';

let methods: Methods;
let appRole: AppRole;

beforeAll(async () => {
  methods = await openMethods();
  ({ appRole } = methods.root);
});

afterAll(() => methods[Symbol.asyncDispose]());

/** A directory with a secret id, and agents that log in with it one after another. */
interface Place {
  readonly file: string;
  write(text: string): Promise<void>;
  /** A process of the agent: what it remembers ends with it, but for what it has kept. */
  agent(change?: Partial<AppRoleAuth>): Provider;
}

const inPlace = (use: (place: Place) => Promise<void>): Promise<void> =>
  withDirectory((directory) => {
    const file = join(directory, 'secret-id');
    return use({
      file,
      write: (text) => writeFile(file, text),
      agent: (change) => {
        const { roleId } = appRole;
        const auth = {
          method: 'approle',
          path: 'auth/approle',
          roleId,
          secretIdFile: file,
          ...change,
        } as const;
        return providerAt(methods.bao, { auth }, createKeepsake(directory));
      },
    });
  });

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

describe('a secret id', () => {
  test('that was rotated is read anew at the next login', () =>
    inPlace(async ({ write, agent }) => {
      await write(await appRole.secretId({ uses: 1 }));
      const provider = agent();
      await provider.login(NEVER);
      await write(await appRole.secretId({ uses: 1 }));
      await expect(provider.login(NEVER)).resolves.toBeDefined();
    }));

  test('for one login says so when it is used up, and what to do', () =>
    inPlace(async ({ write, agent, file }) => {
      await write(await appRole.secretId({ uses: 1 }));
      const provider = agent();
      await provider.login(NEVER);
      await expect(provider.login(NEVER)).rejects.toMatchObject({
        code: 'login_refused',
        message:
          'Cannot log in at auth/approle by approle (400): the secret id has logged in before and is not accepted any more: ' +
          'it has expired, was destroyed, or was for so many logins only (secret_id_num_uses); ' +
          `write a new secret id to ${file}, and let it be for more logins if it is to outlast the life of a token`,
      });
    }));

  test('that was never good is told apart from the role id as far as the server does', () =>
    inPlace(async ({ write, agent }) => {
      await write('nonsense');
      await expect(agent().login(NEVER)).rejects.toMatchObject({
        code: 'login_refused',
        message: containing(`there is no role with the role id "${appRole.roleId}"`),
      });
    }));

  test('that is missing is asked for', () =>
    inPlace(async ({ agent, file }) => {
      await expect(agent().login(NEVER)).rejects.toMatchObject({
        code: 'login_refused',
        message: `Cannot read the secret id ${file}: ENOENT; write a secret id of the role there`,
      });
    }));

  test('that the role wants and the configuration does not have is named', async () => {
    const auth = { method: 'approle', path: 'auth/approle', roleId: appRole.roleId } as const;
    await expect(providerAt(methods.bao, { auth }).login(NEVER)).rejects.toMatchObject({
      message: containing('the role wants a secret id, and none is configured'),
    });
  });

  test('for other addresses says whose range is too narrow', () =>
    inPlace(async ({ write, agent }) => {
      const answer = await methods.bao.api('POST', WRAPPING_PATH, { cidr_list: '10.0.0.0/8' });
      await write((answer as { data: { secret_id: string } }).data.secret_id);
      await expect(agent().login(NEVER)).rejects.toMatchObject({
        message: containing('add the range of the pods to its bound CIDRs'),
      });
    }));
});

test('a role id may stand in a file, too', () =>
  inPlace(({ write, agent, file }) =>
    withDirectory(async (directory) => {
      await write(await appRole.secretId());
      const roleIdFile = join(directory, 'role-id');
      await writeFile(roleIdFile, `${appRole.roleId}\n`);
      await expect(agent().login(NEVER)).resolves.toBeDefined();
      const auth = { method: 'approle', path: 'auth/approle', roleIdFile, secretIdFile: file } as const;
      await expect(providerAt(methods.bao, { auth }).login(NEVER)).resolves.toBeDefined();
    }),
  ));

describe('a secret id whose file is to be removed', () => {
  test('is removed once it was read, and logs in again all the same', () =>
    inPlace(async ({ write, agent, file }) => {
      await write(await appRole.secretId());
      const provider = agent({ removeSecretIdFile: true });
      await provider.login(NEVER);
      expect(await exists(file)).toBe(false);
      await expect(provider.login(NEVER)).resolves.toBeDefined();
    }));

  test('is known to a later process', () =>
    inPlace(async ({ write, agent }) => {
      await write(await appRole.secretId());
      await agent({ removeSecretIdFile: true }).login(NEVER);
      await expect(agent({ removeSecretIdFile: true }).login(NEVER)).resolves.toBeDefined();
    }));

  test('gives way to one that is written there later', () =>
    inPlace(async ({ write, agent, file }) => {
      const provider = agent({ removeSecretIdFile: true });
      await write(await appRole.secretId({ uses: 1 }));
      await provider.login(NEVER);
      await write(await appRole.secretId({ uses: 1 }));
      await provider.login(NEVER);
      expect(await exists(file)).toBe(false);
    }));

  test('stays where it cannot be kept elsewhere', () =>
    inPlace(async ({ write, file }) => {
      await write(await appRole.secretId());
      const { roleId } = appRole;
      const auth = { method: 'approle', path: 'auth/approle', roleId, secretIdFile: file } as const;
      const full = {
        load: () => Promise.resolve(undefined),
        save: () => Promise.reject(new Error('ENOSPC')),
      };
      const provider = providerAt(methods.bao, { auth: { ...auth, removeSecretIdFile: true } }, full);
      await provider.login(NEVER);
      expect(await exists(file)).toBe(true);
    }));
});

describe('a wrapped secret id', () => {
  const wrapped = { secretIdWrappingPath: WRAPPING_PATH };
  const unwraps = (): Promise<number> => methods.requests('sys/wrapping/unwrap');

  test('is unwrapped once, whatever comes: a second login, and a second process', () =>
    inPlace(async ({ write, agent }) => {
      await write(await appRole.secretId({ wrapTtl: '60s' }));
      const before = await unwraps();
      const provider = agent(wrapped);
      await provider.login(NEVER);
      await provider.login(NEVER);
      await agent(wrapped).login(NEVER);
      expect(await unwraps()).toBe(before + 1);
    }));

  test('that was unwrapped by a process which then died is not lost', () =>
    inPlace(async ({ write, agent, file }) => {
      await write(await appRole.secretId({ wrapTtl: '60s' }));
      // The role is not there for a moment, so that what comes after the unwrapping fails.
      await expect(agent({ ...wrapped, roleId: 'nonsense' }).login(NEVER)).rejects.toMatchObject({
        code: 'login_refused',
      });
      await expect(agent(wrapped).login(NEVER)).resolves.toBeDefined();
      expect(await readFile(file, 'utf8')).not.toBe('');
    }));

  test('gives way to one that is written there later', () =>
    inPlace(async ({ write, agent }) => {
      const provider = agent(wrapped);
      await write(await appRole.secretId({ wrapTtl: '60s', uses: 1 }));
      await provider.login(NEVER);
      await write(await appRole.secretId({ wrapTtl: '60s', uses: 1 }));
      await expect(provider.login(NEVER)).resolves.toBeDefined();
    }));

  test('that somebody has unwrapped before is a matter for a person', () =>
    inPlace(async ({ write, agent, file }) => {
      const token = await appRole.secretId({ wrapTtl: '60s' });
      await methods.bao.api('PUT', 'sys/wrapping/unwrap', {}, { token });
      await write(token);
      await expect(agent(wrapped).login(NEVER)).rejects.toMatchObject({
        code: 'login_refused',
        message: containing(
          `Cannot unwrap the secret id of ${file} (400): the wrapping token has ended or was used`,
        ),
      });
    }));

  test('that somebody has wrapped again is not unwrapped', () =>
    inPlace(async ({ write, agent }) => {
      const answer = await methods.bao.api(
        'PUT',
        'sys/wrapping/wrap',
        { secret_id: await appRole.secretId() },
        { wrapTtl: '60s' },
      );
      await write((answer as { wrap_info: { token: string } }).wrap_info.token);
      const before = await unwraps();
      await expect(agent(wrapped).login(NEVER)).rejects.toMatchObject({
        code: 'login_refused',
        message: containing(`it was not made at "${WRAPPING_PATH}"`),
      });
      expect(await unwraps()).toBe(before);
    }));
});
