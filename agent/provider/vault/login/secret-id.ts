import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { AppRoleAuth } from '#contract/vault-auth.ts';
import { Secret } from '../../../secret.ts';
import { ProviderError } from '../../errors.ts';
import type { Keepsake } from '../../keepsake.ts';
import type { LoginParts } from './grant.ts';
import { readProof, readProofIfThere } from './proof.ts';
import { unwrapSecretId } from './unwrap.ts';

/** The secret id to log in with now; undefined where the role wants none. */
export type SecretIds = (signal: AbortSignal) => Promise<Secret<string> | undefined>;

/** A secret id that cannot be had a second time. */
interface Kept {
  /** Tells what the file held: something else in it is a new secret id. */
  readonly origin: string;
  readonly secretId: Secret<string>;
}

/** Reads secret ids the way the method is told to. */
export function createSecretIds({ client, keepsake }: LoginParts, auth: AppRoleAuth): SecretIds {
  const { secretIdFile: file, secretIdWrappingPath: wrappingPath, removeSecretIdFile } = auth;
  if (file === undefined) return () => Promise.resolve(undefined);
  if (wrappingPath === undefined) {
    const proof = { file, what: 'secret id', advice: 'write a secret id of the role there' };
    return removeSecretIdFile
      ? onceOnly({ file, keepsake, removes: true }, proof.advice, (text) => Promise.resolve(new Secret(text)))
      : async () => new Secret(await readProof(proof));
  }
  const advice = 'write a new wrapping token of a secret id there';
  return onceOnly({ file, keepsake, removes: removeSecretIdFile === true }, advice, (text, signal) =>
    unwrapSecretId(client, { file, token: new Secret(text), wrappingPath }, signal),
  );
}

interface OneTimeFile {
  readonly file: string;
  readonly keepsake: Keepsake | undefined;
  readonly removes: boolean;
}

type Take = (text: string, signal: AbortSignal) => Promise<Secret<string>>;

/**
 * Takes the secret id out of a file that gives it only once, and keeps it: for later logins, and for a later process. It is
 * kept before it is used, and before the file is removed: all that can lose it is the end of the process while the server
 * unwraps it.
 */
function onceOnly({ file, keepsake, removes }: OneTimeFile, advice: string, take: Take): SecretIds {
  let kept: Kept | undefined;
  return async (signal) => {
    kept ??= await loadKept(keepsake);
    const text = await readProofIfThere({ file, what: 'secret id', advice });
    if (text === undefined) return held(kept, file, advice);
    const origin = createHash('sha256').update(text).digest('base64url');
    if (kept?.origin !== origin) kept = { origin, secretId: await take(text, signal) };
    const isSafe = await saveKept(keepsake, kept);
    if (removes && isSafe) await removeQuietly(file);
    return kept.secretId;
  };
}

function held(kept: Kept | undefined, file: string, advice: string): Secret<string> {
  if (kept !== undefined) return kept.secretId;
  throw new ProviderError('login_refused', `Cannot read the secret id ${file}: there is none; ${advice}`);
}

async function loadKept(keepsake: Keepsake | undefined): Promise<Kept | undefined> {
  const text = await keepsake?.load();
  const [origin, secretId] = text?.split('\n') ?? [];
  return origin && secretId ? { origin, secretId: new Secret(secretId) } : undefined;
}

/** False where it could not be kept: this process goes on with it all the same. */
async function saveKept(keepsake: Keepsake | undefined, { origin, secretId }: Kept): Promise<boolean> {
  if (keepsake === undefined) return false;
  return await keepsake.save(`${origin}\n${secretId.reveal()}\n`).then(
    () => true,
    () => false,
  );
}

/** A mounted Secret is read-only: there the file stays, as the injector says. */
async function removeQuietly(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => undefined);
}
