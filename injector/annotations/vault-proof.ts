import { TOKEN_DIRECTORY } from '#contract/layout.ts';
import type { ClientCertificate, VaultAuth, VaultMethod } from '#contract/vault-auth.ts';
import { DROP_IN, dropIn, native } from './families.ts';
import type { Findings } from './findings.ts';
import type { Credential } from './injection.ts';
import { readMountedFile } from './secret-mounts.ts';
import { pairOf, settle } from './settle.ts';
import { readDropIn, readNative } from './table.ts';
import { readCertificate } from './vault-tls.ts';

const SECRET_KEY = native('vault-auth-secret');
const ROLE_ID_KEY = dropIn('auth-config-role-id-file-path');
const SECRET_ID_KEY = dropIn('auth-config-secret-id-file-path');
const WRAPPING_KEY = dropIn('auth-config-secret-id-response-wrapping-path');
const REMOVAL_KEY = dropIn('auth-config-remove-secret-id-file-after-reading');
const TOKEN_FILE_KEY = dropIn('auth-config-token-file-path');
const LOGIN_CERTIFICATE_KEYS = [dropIn('auth-config-client-cert'), dropIn('auth-config-client-key')] as const;

/** The annotations by which a pod names what it logs in with, and the methods that have a use for them. */
export const PROOF_KEYS: readonly (readonly [key: string, methods: readonly VaultMethod[]])[] = [
  [SECRET_KEY, ['approle', 'cert', 'token_file']],
  [ROLE_ID_KEY, ['approle']],
  [SECRET_ID_KEY, ['approle']],
  [WRAPPING_KEY, ['approle']],
  [REMOVAL_KEY, ['approle']],
  [dropIn('auth-config-name'), ['cert']],
  [LOGIN_CERTIFICATE_KEYS[0], ['cert']],
  [LOGIN_CERTIFICATE_KEYS[1], ['cert']],
  [TOKEN_FILE_KEY, ['token_file']],
];

/** A method whose proof somebody has put into a Secret. */
type SecretMethod = Exclude<VaultMethod, 'kubernetes' | 'jwt'>;

interface Way {
  /** The keys of the Secret that the agent alone sees, and the files that they become. */
  readonly files: Readonly<Record<string, string>>;
  /** The login with these files. */
  ofSecret(findings: Findings, path: string): VaultAuth;
  /** The annotations of the drop-in family that name files in their place, the one that is asked for first. */
  readonly keys: readonly string[];
  /** The login with those files; undefined where too little is said. */
  ofFiles(findings: Findings, path: string, shown: ClientCertificate | undefined): VaultAuth | undefined;
}

const own = (name: string): string => `${TOKEN_DIRECTORY}/${name}`;

const WAYS: Readonly<Record<SecretMethod, Way>> = {
  approle: {
    files: { roleId: 'vault-role-id', secretId: 'vault-secret-id' },
    ofSecret: (_findings, path) => ({
      method: 'approle',
      path,
      roleIdFile: own('vault-role-id'),
      secretIdFile: own('vault-secret-id'),
    }),
    keys: [ROLE_ID_KEY, SECRET_ID_KEY, WRAPPING_KEY, REMOVAL_KEY],
    ofFiles: appRoleOfFiles,
  },
  cert: {
    files: { 'tls.crt': 'vault-tls.crt', 'tls.key': 'vault-tls.key' },
    ofSecret: (findings, path) => ({
      method: 'cert',
      path,
      ...certificateRole(findings),
      certFile: own('vault-tls.crt'),
      keyFile: own('vault-tls.key'),
    }),
    keys: [...LOGIN_CERTIFICATE_KEYS],
    ofFiles(findings, path, shown) {
      const certificate = readCertificate(findings, LOGIN_CERTIFICATE_KEYS) ?? shown;
      return certificate && { method: 'cert', path, ...certificateRole(findings), ...certificate };
    },
  },
  token_file: {
    files: { token: 'vault-token' },
    ofSecret: () => ({ method: 'token_file', tokenFile: own('vault-token') }),
    keys: [TOKEN_FILE_KEY],
    ofFiles(findings) {
      const tokenFile = readMountedFile(findings, TOKEN_FILE_KEY);
      return tokenFile === undefined ? undefined : { method: 'token_file', tokenFile };
    },
  },
};

function appRoleOfFiles(findings: Findings, path: string): VaultAuth | undefined {
  const roleIdFile = readMountedFile(findings, ROLE_ID_KEY);
  const secretIdFile = readMountedFile(findings, SECRET_ID_KEY);
  const wrappingPath = readDropIn(findings, 'auth-config-secret-id-response-wrapping-path');
  const removes = readDropIn(findings, 'auth-config-remove-secret-id-file-after-reading') === true;
  if (removes)
    findings.warn(REMOVAL_KEY, 'changes nothing: the Secret is mounted read-only, so its file stays');
  for (const key of [WRAPPING_KEY, REMOVAL_KEY])
    if (findings.text(key) !== undefined && findings.text(SECRET_ID_KEY) === undefined)
      findings.deny(key, `has no secret id to apply to; expected ${SECRET_ID_KEY} beside it`);
  if (roleIdFile === undefined) return undefined;
  return {
    method: 'approle',
    path,
    roleIdFile,
    ...(secretIdFile === undefined ? {} : { secretIdFile }),
    ...(removes ? { removeSecretIdFile: true } : {}),
    ...(wrappingPath === undefined ? {} : { secretIdWrappingPath: wrappingPath }),
  };
}

/** The role may be left to the certificate. */
function certificateRole(findings: Findings): { readonly role?: string } {
  const role = settle(findings, pairOf('auth-config-name', 'vault-role'), '');
  return role === '' ? {} : { role };
}

interface SecretLogin {
  readonly method: SecretMethod;
  readonly path: string;
  /** The certificate that every request shows, if there is one. */
  readonly shown: ClientCertificate | undefined;
}

/** A login with what a Secret holds: one that is named, or files where the Vault Agent Injector mounts Secrets. */
export function secretLogin(
  findings: Findings,
  { method, path, shown }: SecretLogin,
  file: string | undefined,
): { readonly auth: VaultAuth; readonly credentials: readonly Credential[] } {
  const { files, keys, ofSecret, ofFiles } = WAYS[method];
  const others = keys.filter((key) => findings.text(key) !== undefined);
  const secretName = readNative(findings, 'vault-auth-secret') ?? '';
  if (findings.text(SECRET_KEY) !== undefined) {
    for (const key of others) findings.deny(key, `stands beside ${SECRET_KEY}; expected one of them alone`);
    return { auth: ofSecret(findings, path), credentials: [{ kind: 'secret', secretName, files }] };
  }
  const auth = ofFiles(findings, path, shown);
  if (auth === undefined && file !== undefined) noteMissing(findings, WAYS[method], file);
  return { auth: auth ?? ofSecret(findings, path), credentials: [] };
}

const named = (keys: readonly string[]): string =>
  `the ${keys.length === 1 ? 'key' : 'keys'} ${keys.join(' and ')}`;

/** Asks for what the agent is to log in with, in the words of the file that needs it. */
function noteMissing(findings: Findings, { files, keys: [theirs = ''] }: Way, file: string): void {
  if (findings.text(theirs) !== undefined) return;
  const isTheirs = file.startsWith(DROP_IN.prefix);
  findings.deny(
    isTheirs ? theirs : SECRET_KEY,
    isTheirs
      ? 'is missing; expected the file that the agent is to log in with'
      : `is missing; expected the name of a Secret in the namespace of the pod that has ${named(Object.keys(files))}`,
  );
}
