import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { Api } from './openbao.ts';

/** What an API server puts into `aud` unless a projected volume asks for another. */
const DEFAULT_AUDIENCE = 'https://kubernetes.default.svc.cluster.local';

const ISSUER = DEFAULT_AUDIENCE;
const KEY_ID = 'sidekey-test';

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
  /** Default: the API server's own. */
  readonly audience?: string;
  /** Default: 3600. */
  readonly ttlSeconds?: number;
  readonly pod?: string;
}

/** Signs service-account tokens as an API server does. */
export interface TokenIssuer {
  readonly publicKeyPem: string;
  token(account: ServiceAccount): string;
}

/** An issuer with an RSA key of its own. */
export function createTokenIssuer(): TokenIssuer {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }),
    token(account) {
      const unsigned = `${encode({ alg: 'RS256', kid: KEY_ID })}.${encode(claims(account))}`;
      return `${unsigned}.${sign('sha256', Buffer.from(unsigned), privateKey).toString('base64url')}`;
    },
  };
}

function claims({
  namespace,
  name,
  audience = DEFAULT_AUDIENCE,
  ttlSeconds = 3600,
  pod,
}: ServiceAccount): object {
  const now = Math.floor(Date.now() / 1000);
  return {
    aud: [audience],
    exp: now + ttlSeconds,
    iat: now,
    iss: ISSUER,
    jti: randomUUID(),
    'kubernetes.io': {
      namespace,
      ...(pod === undefined ? {} : { pod: { name: pod, uid: randomUUID() } }),
      serviceaccount: { name, uid: randomUUID() },
    },
    nbf: now,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export interface Role {
  readonly name: string;
  readonly policies: readonly string[];
  /** Default: any account of the issuer. */
  readonly account?: { readonly namespace: string; readonly name: string };
  /** Default: the API server's own. */
  readonly audience?: string;
  /** Such as `60s`; default: the server's. */
  readonly ttl?: string;
  readonly maxTtl?: string;
}

/**
 * Mounts OpenBao's `jwt` method where Kubernetes auth usually stands, with the issuer's key: it takes the very same login
 * request, `{role, jwt}`, but needs no API server to review the token.
 */
export async function mountKubernetesAuth(
  api: Api,
  issuer: TokenIssuer,
  path = 'auth/kubernetes',
): Promise<void> {
  await api('POST', `sys/${path}`, { type: 'jwt' });
  await api('POST', `${path}/config`, {
    jwt_validation_pubkeys: [issuer.publicKeyPem],
    bound_issuer: ISSUER,
  });
}

/** Makes or replaces a role of such a mount. */
export async function writeRole(api: Api, role: Role, path = 'auth/kubernetes'): Promise<void> {
  const { account, audience = DEFAULT_AUDIENCE } = role;
  await api('POST', `${path}/role/${role.name}`, {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: [audience],
    token_policies: role.policies,
    ...(account === undefined
      ? {}
      : { bound_subject: `system:serviceaccount:${account.namespace}:${account.name}` }),
    ...(role.ttl === undefined ? {} : { token_ttl: role.ttl }),
    ...(role.maxTtl === undefined ? {} : { token_max_ttl: role.maxTtl }),
  });
}

/** Makes or replaces a policy from paths and their capabilities. */
export async function writePolicy(
  api: Api,
  name: string,
  rules: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const policy = Object.entries(rules).map(
    ([path, capabilities]) => `path "${path}" { capabilities = ${JSON.stringify(capabilities)} }`,
  );
  await api('PUT', `sys/policies/acl/${name}`, { policy: policy.join('\n') });
}
