import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InfisicalAuth } from '#contract/agent-config.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import { createPauses, type Pauses } from '../../../../agent/provider/http/pauses.ts';
import { createInfisicalProvider } from '../../../../agent/provider/infisical/provider.ts';
import type { Provider, Reading, SecretRef } from '../../../../agent/provider/provider.ts';
import type { Value } from '../../../../agent/value/value.ts';
import { isValueMap, stringAt } from '../../../../agent/value/value.ts';

export const NEVER = new AbortController().signal;

export interface Credentials {
  readonly address: string;
  /** By universal auth. */
  readonly client?: { readonly id: string; readonly secret: string };
  /** By Kubernetes auth. */
  readonly account?: { readonly identity: string; readonly token: string };
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  readonly caPem?: string;
  /** Of the process, if it has other providers, too. */
  readonly pauses?: Pauses;
}

export interface Lent extends AsyncDisposable {
  readonly provider: Provider;
  /** Puts something else into the file that the provider proves itself with. */
  prove(text: string): Promise<void>;
}

/** A provider, and the file it proves itself with, for as long as they are used. */
export async function lend(credentials: Credentials): Promise<Lent> {
  const { client, account, clock = systemClock, pauses = createPauses() } = credentials;
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-infisical-'));
  const file = join(directory, 'proof');
  await writeFile(file, `${client?.secret ?? account?.token ?? ''}\n`);
  return {
    provider: createInfisicalProvider(storeOf(credentials, file), { clock, pauses }),
    prove: (text) => writeFile(file, text),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

function storeOf({ address, client, account, caPem, timeoutMs = 5000 }: Credentials, file: string) {
  const auth: InfisicalAuth = client
    ? { method: 'universal', clientId: client.id, clientSecretFile: file }
    : { method: 'kubernetes', identityId: account?.identity ?? '', tokenFile: file };
  return { address, auth, timeoutMs, ...(caPem === undefined ? {} : { caPem }) };
}

/** A reference as the template functions make it: all of a folder, or one secret of it. */
export const folder = (path: string, parameters: Record<string, string> = {}): SecretRef => ({
  store: 'infisical',
  operation: 'list',
  path,
  parameters,
});

export const one = (path: string, name: string): SecretRef => ({
  store: 'infisical',
  operation: 'read',
  path,
  parameters: { name },
});

/** What a reading says, by name. */
export function valuesOf({ value }: Reading): Record<string, string> {
  const secrets = value.reveal().get('secrets');
  const items = Array.isArray(secrets) ? (secrets as readonly Value[]).filter(isValueMap) : [];
  return Object.fromEntries(
    items.map((item) => [stringAt(item, 'secretKey') ?? '', stringAt(item, 'secretValue') ?? '']),
  );
}
