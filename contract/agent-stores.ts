import type { AgentConfig, InfisicalAuth, InfisicalStore, VaultStore } from './agent-config.ts';
import type { Reader } from './reader.ts';
import { readClientCertificate, readVaultAuth } from './vault-auth.ts';

const DEFAULT_TIMEOUT_MS = 10_000;

/** Reads the stores of a configuration, of which there has to be one. */
export function readStores(root: Reader): Pick<AgentConfig, 'vault' | 'infisical'> {
  const given = (key: string): boolean => (root.unknown(key) ?? undefined) !== undefined;
  if (!given('vault') && !given('infisical'))
    root.report('vault', 'must be an object, unless there is "infisical"');
  return {
    ...(given('vault') ? { vault: readVault(root.child('vault')) } : {}),
    ...(given('infisical') ? { infisical: readInfisical(root.child('infisical')) } : {}),
  };
}

function readVault(reader: Reader): VaultStore {
  const auth = reader.child('auth');
  const namespace = reader.optionalString('namespace');
  const endpoint = readEndpoint(reader);
  const store: VaultStore = {
    ...endpoint,
    auth: readVaultAuth(auth, endpoint.address),
    ...(namespace === undefined ? {} : { namespace }),
    ...readOptionalCertificate(reader),
    ...readConnection(reader),
  };
  auth.finish();
  reader.finish();
  return store;
}

function readConnection(
  reader: Reader,
): Pick<VaultStore, 'serverName' | 'skipVerify' | 'proxy' | 'maxConnections'> {
  const serverName = reader.optionalString('serverName');
  const proxy = reader.optionalString('proxy');
  if (proxy !== undefined && !isHttpUrl(proxy))
    reader.report('proxy', 'must be a URL that begins with http:// or https://');
  const isLimited = (reader.unknown('maxConnections') ?? undefined) !== undefined;
  return {
    ...(serverName === undefined ? {} : { serverName }),
    ...(reader.boolean('skipVerify', false) && { skipVerify: true }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(isLimited && { maxConnections: reader.integer('maxConnections', { min: 1 }) }),
  };
}

function readOptionalCertificate(reader: Reader): Pick<VaultStore, 'clientCertificate'> {
  if ((reader.unknown('clientCertificate') ?? undefined) === undefined) return {};
  const certificate = reader.child('clientCertificate');
  const clientCertificate = readClientCertificate(certificate);
  certificate.finish();
  return { clientCertificate };
}

function readInfisical(reader: Reader): InfisicalStore {
  const auth = reader.child('auth');
  const store: InfisicalStore = { ...readEndpoint(reader), auth: readInfisicalAuth(auth) };
  auth.finish();
  reader.finish();
  return store;
}

function readInfisicalAuth(auth: Reader): InfisicalAuth {
  const method = auth.choice('method', ['kubernetes', 'universal'], 'kubernetes');
  const organization = auth.optionalString('organization');
  const scope = organization === undefined ? {} : { organization };
  if (method === 'kubernetes')
    return {
      method,
      identityId: auth.string('identityId'),
      tokenFile: auth.string('tokenFile'),
      ...scope,
    };
  const clientIdFile = auth.optionalString('clientIdFile');
  return {
    method,
    ...(clientIdFile === undefined ? { clientId: auth.string('clientId') } : { clientIdFile }),
    clientSecretFile: auth.string('clientSecretFile'),
    ...scope,
  };
}

function readEndpoint(reader: Reader): Pick<InfisicalStore, 'address' | 'caPem' | 'caFile' | 'timeoutMs'> {
  const caPem = reader.optionalString('caPem');
  const caFile = reader.optionalString('caFile');
  if (caPem !== undefined && caFile !== undefined)
    reader.report('caFile', 'must not be there beside "caPem"; give one of them');
  const address = reader.string('address');
  if (!isHttpUrl(address)) reader.report('address', 'must be a URL that begins with http:// or https://');
  return {
    address,
    timeoutMs: reader.integer('timeoutMs', { min: 100, fallback: DEFAULT_TIMEOUT_MS }),
    ...(caPem === undefined ? {} : { caPem }),
    ...(caFile === undefined ? {} : { caFile }),
  };
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//u.test(text) && URL.canParse(text);
}
