import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { VaultAuth } from '#contract/vault-auth.ts';
import { createVaultProvider } from '../../../../../agent/provider/vault/provider.ts';
import { answering, storeAt } from '../../http/faulty-server.ts';
import { tokenFile } from '../fixtures.ts';

const CANARY = 'canary-2b77e0';
const NEVER = new AbortController().signal;
const BODY = JSON.stringify({
  errors: [`invalid role or secret ID ${CANARY}`],
  data: { creation_path: 'auth/approle/role/ml/secret-id', secret_id: [CANARY], ttl: CANARY },
  auth: { client_token: [CANARY] },
});

const ways = (file: string): readonly VaultAuth[] => [
  { method: 'approle', path: 'auth/approle', roleId: 'r', secretIdFile: file },
  { method: 'approle', path: 'auth/approle', roleIdFile: file, secretIdFile: file },
  {
    method: 'approle',
    path: 'auth/approle',
    roleId: 'r',
    secretIdFile: file,
    secretIdWrappingPath: 'auth/approle/role/ml/secret-id',
  },
  { method: 'token_file', tokenFile: file },
];

test.each([200, 301, 400, 403, 404, 412, 429, 500, 503])(
  'no proof, and no word of the server, is in the errors of a status of %d',
  async (status) => {
    await using server = await answering(status, BODY);
    await using proof = await tokenFile(`${CANARY}\n`);
    for (const auth of ways(proof.file)) {
      const provider = createVaultProvider(storeAt(server.address, { auth }), {
        clock: { now: () => 0, sleep: async () => undefined },
      });
      const outcome = await provider.login(NEVER).catch((error: unknown) => error);
      const shown = inspect(outcome, { depth: Infinity, showHidden: true, maxStringLength: Infinity });
      expect(`${String(outcome)}\n${shown}`, auth.method).not.toContain(CANARY);
    }
  },
);
