import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { answer, at, event, HMAC, podAuth, report, rootAuth } from './logs.ts';

const denials = (inputs: Parameters<typeof report>[0]) => report(inputs).of('denial');

describe('the store refuses', () => {
  test.each<[string, JsonObject, object]>([
    [
      'what no policy allows',
      answer({
        auth: { ...podAuth('1'), policy_results: { allowed: false } },
        request: { path: 'secret/data/team-b/api-key' },
        response: { data: { error: HMAC } },
        error: '1 error occurred:\n\t* permission denied\n\n',
      }),
      {
        kind: 'store',
        uid: '1',
        path: 'secret/data/team-b/api-key',
        reason: 'no policy of its token allows it',
        requestId: 'r-1',
      },
    ],
    [
      'a token that it does not know',
      answer({ auth: {}, error: 'permission denied' }),
      {
        kind: 'store',
        identity: 'unknown',
        from: '10.0.0.7',
        reason: 'its token is unknown, expired or revoked',
      },
    ],
    [
      'a token that may do nothing here for another reason',
      answer({ error: 'permission denied' }),
      { reason: 'permission denied' },
    ],
    [
      'too many requests',
      answer({ error: 'request path "secret/data/x": rate limit quota exceeded' }),
      { reason: 'it asked more often than a quota allows' },
    ],
  ])('%s', (_, line, cells) => {
    expect(denials({ store: [line] })).toMatchObject([{ outcome: 'denied', count: 1, ...cells }]);
  });

  test.each([
    ['role "nope" could not be found', 'there is no such role'],
    [
      'error validating claims: audience claim does not match any bound audience',
      'its token is made out to somebody else',
    ],
    [
      'error validating claims: claim "/kubernetes.io/namespace" does not match any associated bound claim values',
      'the role is not for this namespace or service account',
    ],
    ['namespace not authorized', 'the role is not for this namespace or service account'],
    ['error validating token: token is expired', 'its token has expired, or is not valid yet'],
    [
      'error validating token: no known key successfully validated the token signature',
      'its token is signed by somebody else',
    ],
    ['', 'the login was refused'],
  ])('a login: %s', (error, reason) => {
    const request = {
      operation: 'update',
      path: 'auth/jwt/login',
      mount_type: 'jwt',
      mount_point: 'auth/jwt/',
    };
    const line = answer({ auth: {}, request, response: { data: { error: HMAC } }, error });
    expect(denials({ store: [line] })).toMatchObject([
      { kind: 'store login', path: 'auth/jwt/login', reason },
    ]);
  });

  test.each([
    ['nothing that it has not', answer({ error: 'unsupported operation' })],
    ['nothing, but a database did not answer', answer({ error: 'internal error' })],
    [
      'no login that it took',
      answer({ request: { path: 'auth/jwt/login', operation: 'update' }, response: { auth: {} } }),
    ],
  ])('%s', (_, line) => {
    expect(denials({ store: [line] })).toEqual([]);
  });
});

describe('a denial', () => {
  const again = (time: string): JsonObject =>
    answer({ time, auth: podAuth('1'), error: 'permission denied' });

  test('that comes again and again is one row, from the first to the last', () => {
    const store = [again(at('12:00:00')), again(at('12:00:30')), again(at('12:01:00'))];
    expect(denials({ store })).toMatchObject([
      { first: at('12:00:00'), last: at('12:01:00'), count: 3, source: 'store.log:1' },
    ]);
  });

  test('to another pod is another row', () => {
    expect(
      denials({ store: [again(at('12:00:00')), answer({ auth: podAuth('2'), error: 'permission denied' })] }),
    ).toHaveLength(2);
  });

  test('outside the time of the report is not told', () => {
    const window = { since: Date.parse(at('12:00:00')), until: Date.parse(at('13:00:00')) };
    const store = [again(at('11:59:59')), again(at('13:00:01'))];
    const api = [event({ responseStatus: { code: 403 }, stageTimestamp: at('11:00:00') })];
    expect(denials({ store, api, window })).toEqual([]);
  });

  test('of a kind beyond ten thousand is counted, and no more', () => {
    const store = Array.from({ length: 10_003 }, (_, index) =>
      answer({ request: { path: `secret/data/${index}` }, auth: rootAuth, error: 'permission denied' }),
    );
    const { of } = report({ store });
    expect(of('denial')).toHaveLength(10_000);
    expect(of('integrity')).toContainEqual(expect.objectContaining({ kind: 'left out', count: 3 }));
  });
});
