import { describe, expect, test } from 'vitest';
import {
  type Asked,
  leaseIdOf,
  leaseLifetime,
  secretLifetime,
  tokenLifetime,
} from '../../../../agent/provider/vault/lifetime.ts';
import type { Lifetime } from '../../../../agent/schedule/lifetime.ts';
import { parseJson } from '../../../../agent/value/json.ts';
import { isValueMap, type ValueMap } from '../../../../agent/value/value.ts';

const NOW = 1_800_000_000_000;

const READ: Asked = { operation: 'read', path: 'path', now: NOW };
const WRITE: Asked = { ...READ, operation: 'write' };

function map(value: object): ValueMap {
  const parsed = parseJson(JSON.stringify(value));
  if (!isValueMap(parsed)) throw new Error('Not an object');
  return parsed;
}

describe('a token', () => {
  test('is leased for as long as its login says', () => {
    expect(tokenLifetime(map({ lease_duration: 3600, renewable: true }))).toEqual({
      kind: 'leased',
      ttlMs: 3_600_000,
      renewable: true,
    });
  });

  test.each([0, -5])('with the duration %d never ends', (seconds) => {
    expect(tokenLifetime(map({ lease_duration: seconds, renewable: false }))).toEqual({ kind: 'static' });
  });
});

describe('a secret', () => {
  test.each([
    [
      'with a lease is leased',
      { lease_id: 'database/creds/app/x', lease_duration: 60, renewable: true, data: {} },
      { kind: 'leased', ttlMs: 60_000, renewable: true },
    ],
    [
      'of KV v2 is polled',
      { lease_id: '', lease_duration: 0, data: { data: { a: 1 }, metadata: {} } },
      { kind: 'polled' },
    ],
    [
      'of KV v1 is polled, though it has a lease duration',
      { lease_id: '', lease_duration: 2_764_800, data: { a: 1 } },
      { kind: 'polled' },
    ],
    [
      'of KV v1 that says how often it is to be read is polled that often',
      { lease_id: '', lease_duration: 30, data: { a: 1, ttl: '30s' } },
      { kind: 'polled', everyMs: 30_000 },
    ],
    [
      'of KV v1 that says so in the old way, or with a number, is too',
      { lease_id: '', lease_duration: 3600, data: { a: 1, lease: 3600 } },
      { kind: 'polled', everyMs: 3_600_000 },
    ],
    [
      'of KV v1 whose wish is no duration is polled as any other: the server sends its default',
      { lease_id: '', lease_duration: 2_764_800, data: { a: 1, ttl: 'never' } },
      { kind: 'polled' },
    ],
    [
      'of KV v1 that wishes not to be kept at all is polled as any other',
      { lease_id: '', lease_duration: 0, data: { a: 1, ttl: 0 } },
      { kind: 'polled' },
    ],
    [
      'of a static role is replaced when its time is over',
      { lease_id: '', lease_duration: 0, data: { password: 'p', rotation_period: 3600, ttl: 90 } },
      { kind: 'rotating', ttlMs: 90_000 },
    ],
    [
      'of a static role on a cron schedule is, too',
      { lease_id: '', data: { password: 'p', rotation_schedule: '0 * * * *', ttl: 0 } },
      { kind: 'rotating', ttlMs: 0 },
    ],
    [
      'with a certificate and no lease ends with the certificate',
      { lease_id: '', data: { certificate: 'PEM', expiration: NOW / 1000 + 7200 } },
      { kind: 'expiring', ttlMs: 7_200_000 },
    ],
    [
      'with a certificate that has ended is polled, and not asked for without a pause',
      { lease_id: '', data: { certificate: 'PEM', expiration: NOW / 1000 - 7200 } },
      { kind: 'polled' },
    ],
    [
      'that is an identity token ends with it',
      { lease_id: '', data: { client_id: 'c', token: 'jwt', ttl: 3600 } },
      { kind: 'expiring', ttlMs: 3_600_000 },
    ],
    [
      'that is a public key of SSH is polled',
      { data: { signed_key: 'ssh-ed25519 AAAA' } },
      { kind: 'polled' },
    ],
    [
      'that is a token ends with it, and with the session that had it made',
      { lease_id: '', data: null, auth: { client_token: 't', lease_duration: 30, renewable: true } },
      { kind: 'leased', ttlMs: 30_000, renewable: false },
    ],
    [
      'that is a secret id ends with it',
      { lease_id: '', data: { secret_id: 's', secret_id_ttl: 600 } },
      { kind: 'expiring', ttlMs: 600_000 },
    ],
    [
      'that is a secret id without end is polled',
      { data: { secret_id: 's', secret_id_ttl: 0 } },
      { kind: 'polled' },
    ],
    ['without data is polled', {}, { kind: 'polled' }],
    [
      'with a lease beyond all times is polled, and so is right again as soon as the answer is',
      { lease_id: 'a/b', lease_duration: 1e17, data: {} },
      { kind: 'polled' },
    ],
  ])('%s', (_name, body, expected) => {
    expect(secretLifetime(map(body), READ)).toEqual(expected);
  });

  test.each<[string, Partial<Asked>, object, Lifetime['kind']]>([
    ['that a write has made is not made again', WRITE, { data: { ciphertext: 'c' } }, 'static'],
    ['without end that a write has made is not, either', WRITE, { data: { secret_id: 's' } }, 'static'],
    [
      'that a write has made is, in time, if it ends',
      WRITE,
      { data: { secret_id: 's', secret_id_ttl: 9 } },
      'expiring',
    ],
    [
      'that a write has made is, in time, if it has a lease',
      WRITE,
      { lease_id: 'a/b', lease_duration: 9 },
      'leased',
    ],
    ['that is a one-time code is not read again', { engine: 'totp' }, { data: { code: '1' } }, 'static'],
    ['that happens to be called a code is', { engine: 'kv' }, { data: { code: '1' } }, 'polled'],
    [
      'that somebody keeps under the names of a certificate is no certificate',
      { engine: 'kv' },
      { data: { certificate: 'PEM', expiration: NOW / 1000 + 7200 } },
      'polled',
    ],
    ['that was wrapped is there once', { ...WRITE, path: 'sys/wrapping/unwrap' }, { data: { a: 1 } }, 'once'],
    ['that was wrapped in a namespace, too', { ...WRITE, path: 'team/sys/wrapping/unwrap' }, {}, 'once'],
    [
      'that was wrapped with its lease is there once all the same',
      { ...WRITE, path: 'sys/wrapping/unwrap' },
      { lease_id: 'a/b', lease_duration: 9 },
      'once',
    ],
    ['in a cubbyhole is there for one token', { path: 'cubbyhole/response' }, { data: { a: 1 } }, 'once'],
    ['in a cubbyhole by its mount, too', { path: 'elsewhere/a', engine: 'cubbyhole' }, {}, 'once'],
    ['of a path that looks alike is polled', { path: 'secret/cubbyhole/a' }, { data: { a: 1 } }, 'polled'],
  ])('%s', (_name, asked, body, kind) => {
    expect(secretLifetime(map(body), { ...READ, ...asked }).kind).toBe(kind);
  });

  test('has no lease if the id is empty', () => {
    expect(leaseIdOf(map({ lease_id: '' }))).toBeUndefined();
    expect(leaseIdOf(map({ lease_id: 'a/b' }))).toBe('a/b');
  });
});

test('a renewed lease is good for what the renewal says, be it nothing', () => {
  expect(leaseLifetime(map({ lease_id: 'a', lease_duration: 5, renewable: true }))).toEqual({
    kind: 'leased',
    ttlMs: 5000,
    renewable: true,
  });
  expect(leaseLifetime(map({ lease_id: 'a', lease_duration: 0, renewable: false }))).toMatchObject({
    ttlMs: 0,
  });
});
