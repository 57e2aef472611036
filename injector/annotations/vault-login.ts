import { API_DIRECTORY, TOKEN_DIRECTORY } from '#contract/layout.ts';
import type { AccountAuth, ClientCertificate, VaultAuth, VaultMethod } from '#contract/vault-auth.ts';
import { DROP_IN, dropIn, native } from './families.ts';
import type { Findings } from './findings.ts';
import { type Credential, TOKEN_NAME, TOKEN_OF_VOLUME } from './injection.ts';
import type { VaultDefaults } from './operator.ts';
import { readMountedFile } from './secret-mounts.ts';
import { pairOf, settle } from './settle.ts';
import { readDropIn, readNative } from './table.ts';
import { inWords } from './values.ts';
import { PROOF_KEYS, secretLogin } from './vault-proof.ts';

/** How the agent logs in, and what it does so with. */
export interface VaultLogin {
  readonly auth: VaultAuth;
  readonly credentials: readonly Credential[];
}

/** The keys by which a pod says how it logs in. */
export const METHOD_KEYS = [dropIn('auth-type'), native('vault-auth')];

/** Where the token of another issuer than the cluster is named. */
const TOKEN_PATH_KEY = { kubernetes: dropIn('auth-config-token-path'), jwt: dropIn('auth-config-path') };

const REMOVE_JWT = 'auth-config-remove-jwt-after-reading';

const ACCOUNT_METHODS = ['kubernetes', 'jwt'] as const;

/** The annotations that only some methods have a use for. */
const KEYS_OF: readonly (readonly [key: string, methods: readonly VaultMethod[]])[] = [
  [native('vault-role'), [...ACCOUNT_METHODS, 'cert']],
  [native('vault-audience'), ACCOUNT_METHODS],
  [native('vault-auth-path'), [...ACCOUNT_METHODS, 'approle', 'cert']],
  [dropIn('auth-config-role'), ACCOUNT_METHODS],
  [TOKEN_PATH_KEY.kubernetes, ['kubernetes']],
  [TOKEN_PATH_KEY.jwt, ['jwt']],
  [dropIn(REMOVE_JWT), ['jwt']],
  [dropIn('auth-config-ca-cert'), ['cert']],
  [dropIn('auth-config-reload'), ['cert']],
  ...PROOF_KEYS,
];

interface LoginContext extends Pick<VaultDefaults, 'authMethod' | 'authPath' | 'role' | 'audience'> {
  /** The certificate that every request shows, if there is one. */
  readonly shown: ClientCertificate | undefined;
}

/** Reads how a pod logs in to Vault. What is missing is asked for only where a file, named by its annotation, needs it. */
export function readVaultLogin(
  findings: Findings,
  { authMethod, authPath, shown, ...defaults }: LoginContext,
  file: string | undefined,
): VaultLogin {
  const method = settle(findings, pairOf('auth-type', 'vault-auth'), authMethod);
  const isAccount = method === 'kubernetes' || method === 'jwt';
  const path = settle(
    findings,
    pairOf('auth-path', 'vault-auth-path'),
    isAccount ? authPath : `auth/${method}`,
  );
  noteMisplaced(findings, method);
  if (isAccount) return accountLogin(findings, { method, path, ...defaults }, file);
  const role = dropIn('role');
  if (findings.text(role) !== undefined) findings.warn(role, `is ignored: ${method} auth logs in without it`);
  return secretLogin(findings, { method, path, shown }, file);
}

/** Notes settings of methods that are not used. Vault Agent does not look at them, either. */
function noteMisplaced(findings: Findings, method: VaultMethod): void {
  for (const [key, methods] of KEYS_OF) {
    if (findings.text(key) === undefined || methods.includes(method)) continue;
    const useless = `is of no use for ${method} auth`;
    if (key.startsWith(DROP_IN.prefix))
      findings.warn(key, `is ignored: it ${useless}, only for ${dropIn('auth-type')}: ${inWords(methods)}`);
    else
      findings.deny(
        key,
        `${useless}; expected no such annotation, or ${native('vault-auth')}: ${inWords(methods)}`,
      );
  }
}

const ROLE = pairOf('role', 'vault-role');
/** Where a configuration of Vault Agent has it. */
const ROLE_IN_CONFIG = pairOf('auth-config-role', 'vault-role');

type AccountContext = Pick<AccountAuth, 'method' | 'path'> & Pick<VaultDefaults, 'role' | 'audience'>;

/** A login with the pod's service-account token, or with one of another issuer that a Secret holds. */
function accountLogin(
  findings: Findings,
  { method, path, ...defaults }: AccountContext,
  file: string | undefined,
): VaultLogin {
  const audience = readNative(findings, 'vault-audience') ?? defaults.audience;
  const given = readTokenFile(findings, TOKEN_PATH_KEY[method]) ?? tokenOfVolume(findings);
  readDropIn(findings, REMOVE_JWT);
  const token = { kind: 'token', store: 'vault', ...(audience === undefined ? {} : { audience }) } as const;
  return {
    auth: {
      method,
      path,
      role: readRole(findings, file, defaults.role),
      tokenFile: given ?? `${TOKEN_DIRECTORY}/${TOKEN_NAME.vault}`,
    },
    credentials: given === undefined ? [token] : [],
  };
}

const ACCOUNT_VOLUME = 'agent-service-account-token-volume-name';

/** The token that every container has is for the same as the agent's own, which is there in any case. */
function readTokenFile(findings: Findings, key: string): string | undefined {
  const file = readMountedFile(findings, key);
  const isOfVolume = tokenOfVolume(findings) !== undefined;
  return file === `${API_DIRECTORY}/token` && !isOfVolume ? undefined : file;
}

/** The token in a volume that a pod names: where it stands is known with the pod. */
function tokenOfVolume(findings: Findings): string | undefined {
  return (findings.text(dropIn(ACCOUNT_VOLUME)) ?? '') === '' ? undefined : TOKEN_OF_VOLUME;
}

/** Asks for a missing role in the words of the file that needs it, unless there is one for pods that name none. */
function readRole(findings: Findings, file: string | undefined, fallback: string | undefined): string {
  const [theirs, ours, inConfig] = [dropIn('role'), native('vault-role'), dropIn('auth-config-role')];
  const isSaid = [theirs, ours].some((key) => findings.text(key) !== undefined);
  if (findings.text(inConfig) !== undefined && findings.text(theirs) === undefined)
    return settle(findings, ROLE_IN_CONFIG, '');
  if (findings.text(inConfig) !== undefined && findings.text(inConfig) !== findings.text(theirs))
    findings.warn(inConfig, `is ignored: ${theirs} counts before it`);
  if (!isSaid && fallback === undefined) noteMissingRole(findings, file);
  return settle(findings, ROLE, fallback ?? '');
}

function noteMissingRole(findings: Findings, file: string | undefined): void {
  if (file === undefined) return;
  const key = file.startsWith(DROP_IN.prefix) ? dropIn('role') : native('vault-role');
  findings.deny(key, 'is missing; expected the role to log in with');
}
