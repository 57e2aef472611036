import { describe, expect, test } from 'vitest';
import {
  leaseIdOf,
  leaseLifetime,
  secretLifetime,
  tokenLifetime,
} from '../../../../agent/provider/vault/lifetime.ts';
import { parseJson } from '../../../../agent/value/json.ts';
import { isValueMap, type ValueMap } from '../../../../agent/value/value.ts';

const NOW = 1_800_000_000_000;

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

  test('without a duration never ends', () => {
    expect(tokenLifetime(map({ lease_duration: 0, renewable: false }))).toEqual({ kind: 'static' });
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
      'of a static role ends a second after its rotation',
      { lease_id: '', lease_duration: 0, data: { password: 'p', rotation_period: 3600, ttl: 90 } },
      { kind: 'expiring', ttlMs: 91_000 },
    ],
    [
      'of a static role on a cron schedule does too',
      { lease_id: '', data: { password: 'p', rotation_schedule: '0 * * * *', ttl: 0 } },
      { kind: 'expiring', ttlMs: 1000 },
    ],
    [
      'with a certificate and no lease ends with the certificate',
      { lease_id: '', data: { certificate: 'PEM', expiration: NOW / 1000 + 7200 } },
      { kind: 'expiring', ttlMs: 7_200_000 },
    ],
    [
      'with a certificate that has ended has ended',
      { lease_id: '', data: { certificate: 'PEM', expiration: NOW / 1000 - 7200 } },
      { kind: 'expiring', ttlMs: 0 },
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
  ])('%s', (_name, body, expected) => {
    expect(secretLifetime(map(body), NOW)).toEqual(expected);
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
