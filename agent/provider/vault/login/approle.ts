import type { AppRoleAuth } from '#contract/vault-auth.ts';
import type { ProviderError } from '../../errors.ts';
import type { Answer } from '../../http/transport.ts';
import { type LogIn, type LoginParts, requestGrant } from './grant.ts';
import { readProof } from './proof.ts';
import { type Cause, explainRefusal, misplaced, missingMount } from './refusal.ts';
import { createSecretIds } from './secret-id.ts';

/** Logs in with a role id and a secret id. */
export function appRoleLogin(parts: LoginParts, auth: AppRoleAuth): LogIn {
  const { client } = parts;
  const { path } = auth;
  const secretIds = createSecretIds(parts, auth);
  /** The secret id that has logged in before. */
  let proven: string | undefined;
  return async (signal) => {
    const roleId = await readRoleId(auth);
    const secretId = (await secretIds(signal))?.reveal();
    const wasGood = secretId !== undefined && secretId === proven;
    const refused = (answer: Answer): ProviderError => appRoleRefusal(answer, parts, { auth, wasGood });
    const body = { role_id: roleId, ...(secretId === undefined ? {} : { secret_id: secretId }) };
    const grant = await requestGrant(client, { path, body, refused }, signal);
    proven = secretId;
    return grant;
  };
}

async function readRoleId(auth: AppRoleAuth): Promise<string> {
  if ('roleId' in auth) return auth.roleId;
  const advice = 'mount the role id there';
  return await readProof({ file: auth.roleIdFile, what: 'role id', advice });
}

interface Refused {
  readonly auth: AppRoleAuth;
  /** True if the same secret id has logged in before. */
  readonly wasGood: boolean;
}

function appRoleRefusal(answer: Answer, { store }: LoginParts, { auth, wasGood }: Refused): ProviderError {
  const secretId = (): string => wrongSecretId(auth, wasGood);
  const otherwise = [() => missingMount(store, auth), () => wrongRoleId(auth), secretId];
  const causes: readonly Cause[] = [
    [/missing secret_id/iu, () => missingSecretId(auth)],
    [/cidr|source address/iu, wrongAddress],
    [
      /invalid role or secret/iu,
      () => (wasGood ? secretId() : `either (1) ${wrongRoleId(auth)}; or (2) ${secretId()}`),
    ],
    [/secret.?id|already used/iu, secretId],
    [/role.?id|role/iu, () => wrongRoleId(auth)],
    ...misplaced(store, auth),
  ];
  return explainRefusal(answer, { doing: `log in at ${auth.path} by approle`, causes, otherwise });
}

function wrongRoleId(auth: AppRoleAuth): string {
  const which = 'roleId' in auth ? `"${auth.roleId}"` : `of ${auth.roleIdFile}`;
  return `there is no role with the role id ${which}: correct it, or create the role`;
}

function missingSecretId({ secretIdFile }: AppRoleAuth): string {
  return secretIdFile === undefined
    ? 'the role wants a secret id, and none is configured: name the file that holds one'
    : `the role wants a secret id: write one to ${secretIdFile}`;
}

/** Who writes the file can mend it; who made the role can see to it that it lasts. */
function wrongSecretId(
  { secretIdFile = 'the file', secretIdWrappingPath }: AppRoleAuth,
  wasGood: boolean,
): string {
  const fact = wasGood
    ? 'the secret id has logged in before and is not accepted any more: it has expired, was destroyed, or was for so many logins only (secret_id_num_uses)'
    : 'the secret id is wrong, has expired, or was for so many logins only (secret_id_num_uses)';
  const next =
    secretIdWrappingPath === undefined ? 'a new secret id' : 'the wrapping token of a new secret id';
  return `${fact}; write ${next} to ${secretIdFile}, and let it be for more logins if it is to outlast the life of a token`;
}

const wrongAddress = (): string =>
  'the role or the secret id is not for the address of this pod: add the range of the pods to its bound CIDRs';
