// Prepares the development store: the `jwt` method mounted where Kubernetes auth usually stands, trusting a key made here,
// so that the agent's login is the one it makes in a cluster. Run again, it changes the key pair and keeps the secret.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const { STORE_ADDRESS, STORE_TOKEN, TOKEN_FILE } = process.env;
const AUDIENCE = 'sidekey-compose';
const SUBJECT = 'system:serviceaccount:default:default';
const LIFETIME_S = 30 * 24 * 3600;
const PATIENCE_MS = 60_000;

async function call(method, path, body) {
  const response = await fetch(`${STORE_ADDRESS}/v1/${path}`, {
    method,
    headers: { 'x-vault-token': STORE_TOKEN },
    body: JSON.stringify(body),
  });
  return { ok: response.ok, status: response.status };
}

async function demand(method, path, body) {
  const { ok, status } = await call(method, path, body);
  if (!ok) throw new Error(`Cannot set up the store: ${method} ${path} was answered ${status}`);
}

/** A development server has its secrets engine ready a moment after it begins to listen. */
async function storeIsUp() {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(200)) {
    const { ok } = await call('GET', 'secret/config').catch(() => ({ ok: false }));
    if (ok) return;
  }
  throw new Error(`Cannot reach the store at ${STORE_ADDRESS}`);
}

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signToken(privateKey) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { aud: [AUDIENCE], sub: SUBJECT, iat: now, nbf: now, exp: now + LIFETIME_S };
  const unsigned = `${encode({ alg: 'RS256' })}.${encode(claims)}`;
  return `${unsigned}.${sign('sha256', Buffer.from(unsigned), privateKey).toString('base64url')}`;
}

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

await storeIsUp();
// Answers 400 if a former run has mounted it.
await call('POST', 'sys/auth/kubernetes', { type: 'jwt' });
await demand('POST', 'auth/kubernetes/config', {
  jwt_validation_pubkeys: [publicKey.export({ type: 'spki', format: 'pem' })],
});
await demand('PUT', 'sys/policies/acl/ml-inference', {
  policy: 'path "secret/data/ml/*" { capabilities = ["read"] }',
});
await demand('POST', 'auth/kubernetes/role/ml-inference', {
  role_type: 'jwt',
  user_claim: 'sub',
  bound_audiences: [AUDIENCE],
  bound_subject: SUBJECT,
  token_policies: ['ml-inference'],
  token_ttl: '1h',
});
// `cas: 0`: only if there is none yet.
await call('POST', 'secret/data/ml/api-key', {
  options: { cas: 0 },
  data: { key: randomBytes(12).toString('hex') },
});
writeFileSync(TOKEN_FILE, signToken(privateKey), { mode: 0o444 });
console.log('The store is set up.');
