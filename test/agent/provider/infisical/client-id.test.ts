import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InfisicalStore } from '#contract/agent-config.ts';
import { systemClock } from '#platform/clock.ts';
import { createPauses } from '../../../../agent/provider/http/pauses.ts';
import { createInfisicalProvider } from '../../../../agent/provider/infisical/provider.ts';
import type { Provider } from '../../../../agent/provider/provider.ts';
import { recordedWorld } from '../../../servers/infisical/recorded-world.ts';
import { containing } from '../vault/fixtures.ts';
import { NEVER } from './stage.ts';

let directory: string;
let idFile: string;
let secretFile: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sidekey-client-'));
  [idFile, secretFile] = [join(directory, 'id'), join(directory, 'secret')];
});

afterEach(() => rm(directory, { recursive: true }));

/** As the files of a Secret have it: a provider whose client is told by two of them. */
function provider(address: string): Provider {
  const auth = { method: 'universal', clientIdFile: idFile, clientSecretFile: secretFile } as const;
  const store: InfisicalStore = { address, auth, timeoutMs: 5000 };
  return createInfisicalProvider(store, { clock: systemClock, pauses: createPauses() });
}

test('a client may be told by two files, which are read anew at each login', async () => {
  await using world = await recordedWorld();
  const { address } = world.fake;
  await writeFile(idFile, 'somebody-else\n');
  await writeFile(secretFile, `${world.identity.clientSecret}\n`);
  const { login } = provider(address);
  await expect(login(NEVER)).rejects.toMatchObject({
    code: 'login_refused',
    message: containing(`the client of ${idFile}`),
  });
  await writeFile(idFile, `${world.identity.clientId}\n`);
  await expect(login(NEVER)).resolves.toHaveProperty('token');
});

test('a client whose id is missing says which file it misses', async () => {
  await writeFile(secretFile, 'a-secret');
  await expect(provider('http://127.0.0.1:1').login(NEVER)).rejects.toMatchObject({
    code: 'login_refused',
    message: containing(`Cannot read ${idFile}: ENOENT`),
  });
});
