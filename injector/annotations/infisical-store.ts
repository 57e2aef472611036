import type { InfisicalAuth, InfisicalStore } from '#contract/agent-config.ts';
import { TOKEN_DIRECTORY } from '#contract/layout.ts';
import { native } from './families.ts';
import type { Findings } from './findings.ts';
import { type Credential, TOKEN_NAME } from './injection.ts';
import type { InfisicalDefaults } from './operator.ts';
import { allowedAddress, noteUnset, type StoreAccess, trust } from './store-access.ts';
import { readAuthorityFile } from './secret-mounts.ts';
import { readNative } from './table.ts';

const INFISICAL = { name: 'Infisical', variable: 'SIDEKEY_INFISICAL_ADDRESS' };

const AUTH_KEY = native('infisical-auth');
const IDENTITY_KEY = native('infisical-identity');
const AUDIENCE_KEY = native('infisical-audience');
const CLIENT_KEY = native('infisical-client-secret');

/** The keys of the Secret for universal auth, and the files that they become. */
const CLIENT_FILES = { clientId: 'infisical-client-id', clientSecret: 'infisical-client-secret' } as const;

interface Login {
  readonly auth: InfisicalAuth;
  readonly credential: Credential;
}

/** Reads the settings of Infisical. It is there if a file needs it, which is named by its annotation. */
export function readInfisical(
  findings: Findings,
  defaults: InfisicalDefaults | undefined,
  file: string | undefined,
): StoreAccess<InfisicalStore> | undefined {
  const parse = allowedAddress(INFISICAL, defaults);
  const address = findings.read(native('infisical-address'), parse, defaults?.address ?? '');
  const organization = readNative(findings, 'infisical-organization');
  const { auth, credential } = readLogin(findings, defaults, file);
  if (file === undefined) return undefined;
  if (defaults === undefined) {
    noteUnset(findings, INFISICAL, file);
    return undefined;
  }
  const caFile = readAuthorityFile(findings, 'infisical-ca');
  const { caPem, timeoutMs } = defaults;
  return {
    store: {
      address,
      auth: { ...auth, ...(organization === undefined ? {} : { organization }) },
      ...trust(caPem, caFile),
      timeoutMs,
    },
    credentials: [credential],
  };
}

function readLogin(
  findings: Findings,
  defaults: InfisicalDefaults | undefined,
  file: string | undefined,
): Login {
  const { authMethod = 'kubernetes', identityId, audience: usualAudience } = defaults ?? {};
  const method = readNative(findings, 'infisical-auth') ?? authMethod;
  const identity = readNative(findings, 'infisical-identity') ?? identityId;
  const audience = readNative(findings, 'infisical-audience') ?? usualAudience;
  const secretName = readNative(findings, 'infisical-client-secret');
  if (method === 'universal') {
    noteMisplaced(findings, [IDENTITY_KEY, AUDIENCE_KEY], 'kubernetes');
    noteMissingClient(findings, file);
    return universalLogin(secretName);
  }
  noteMisplaced(findings, [CLIENT_KEY], 'universal');
  if (identity === undefined) noteMissingIdentity(findings, file);
  return kubernetesLogin(identity ?? '', audience);
}

/** The identity is told by the token, which is for the audience or else for the API server. */
function kubernetesLogin(identityId: string, audience: string | undefined): Login {
  return {
    auth: { method: 'kubernetes', identityId, tokenFile: `${TOKEN_DIRECTORY}/${TOKEN_NAME.infisical}` },
    credential: { kind: 'token', store: 'infisical', ...(audience === undefined ? {} : { audience }) },
  };
}

/** Id and secret never stand in an annotation: only the name of the Secret does. */
function universalLogin(secretName = ''): Login {
  return {
    auth: {
      method: 'universal',
      clientIdFile: `${TOKEN_DIRECTORY}/${CLIENT_FILES.clientId}`,
      clientSecretFile: `${TOKEN_DIRECTORY}/${CLIENT_FILES.clientSecret}`,
    },
    credential: { kind: 'secret', secretName, files: CLIENT_FILES },
  };
}

/** Notes settings of the method that is not used. */
function noteMisplaced(findings: Findings, keys: readonly string[], method: InfisicalAuth['method']): void {
  for (const key of keys.filter((candidate) => findings.text(candidate) !== undefined))
    findings.deny(key, `is for ${method} auth alone; expected ${AUTH_KEY}: "${method}" beside it`);
}

function noteMissingIdentity(findings: Findings, file: string | undefined): void {
  if (file === undefined || findings.text(IDENTITY_KEY) !== undefined) return;
  findings.deny(
    IDENTITY_KEY,
    `is missing, and ${file} needs Infisical; expected the id of the machine identity to log in as, or one that the operator has set (SIDEKEY_INFISICAL_IDENTITY)`,
  );
}

function noteMissingClient(findings: Findings, file: string | undefined): void {
  if (file === undefined || findings.text(CLIENT_KEY) !== undefined) return;
  findings.deny(
    CLIENT_KEY,
    'is missing; expected the name of a Secret in the namespace of the pod that has the keys clientId and clientSecret',
  );
}
