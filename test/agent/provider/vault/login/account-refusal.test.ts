import { expect, test } from 'vitest';
import { accountRefusal } from '../../../../../agent/provider/vault/login/account-refusal.ts';
import { parseJson } from '../../../../../agent/value/json.ts';
import { createTokenIssuer } from '../../../../servers/service-account.ts';
import { storeAt } from '../../http/faulty-server.ts';

const AUTH = { method: 'kubernetes', path: 'auth/kubernetes', role: 'ml', tokenFile: '/none' } as const;

const jwt = createTokenIssuer().token({ namespace: 'gpu', name: 'runner', audience: 'https://cluster' });

function refuse(status: number, error: string, token = jwt): string {
  const body = parseJson(JSON.stringify({ errors: [error] }));
  const store = storeAt('http://vault', { namespace: 'team', auth: AUTH });
  const answer = { status, body, headers: {}, retryAfterMs: undefined };
  const refusal = accountRefusal(answer, { store, auth: AUTH, jwt: token });
  expect(refusal.code).toBe('login_refused');
  return refusal.message;
}

test.each([
  [400, 'role "ml" could not be found', ['there is no role "ml": create it or correct its name']],
  [400, 'invalid role name "ml"', ['there is no role "ml"']],
  [
    400,
    'error validating token: invalid audience (aud) claim: audience claim does not match any expected audience',
    ['(aud: "https://cluster")', "set the role's audience to it", 'request a token for the audience'],
  ],
  [403, 'invalid audience (aud) claim', ['(aud: "https://cluster")']],
  [
    400,
    'error validating token: invalid subject (sub) claim',
    ['does not admit "system:serviceaccount:gpu:runner"'],
  ],
  [403, 'namespace not authorized', ['does not admit "system:serviceaccount:gpu:runner"']],
  [403, 'service account name not authorized', ['does not admit "system:serviceaccount:gpu:runner"']],
  [400, 'invalid expiration time (exp) claim: token is expired', ['has ended']],
  [404, 'no handler for route "auth/kubernetes/login"', ['mounted at "auth/kubernetes"']],
  [404, 'namespace not found', ['there is no namespace "team"']],
])('%d "%s" is explained', (status, error, parts) => {
  const message = refuse(status, error);
  expect(message).toContain(`Cannot log in at auth/kubernetes with role "ml" (${status}): `);
  for (const part of parts) expect(message).toContain(part);
  expect(message).not.toContain('either');
});

test('where the server gives no reason, every cause is named with its remedy', () => {
  const message = refuse(403, 'permission denied');
  expect(message).toContain('is mounted at "auth/kubernetes" of namespace "team": correct the path');
  expect(message).toContain('there is no role "ml"');
  expect(message).toContain('does not admit "system:serviceaccount:gpu:runner"');
  expect(message).toContain('(aud: "https://cluster")');
});

test('a token that is none is explained too', () => {
  expect(refuse(403, 'permission denied', 'no token at all')).toContain('(aud: none)');
});
