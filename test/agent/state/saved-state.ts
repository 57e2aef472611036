import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Term } from '../../../agent/schedule/lifetime.ts';
import { Secret } from '../../../agent/secret.ts';
import type { SavedSession, SavedState } from '../../../agent/state/saved.ts';
import { loadState } from '../../../agent/state/store.ts';
import { parseJson, serialiseJson } from '../../../agent/value/json.ts';
import { isValueMap, type ValueMap } from '../../../agent/value/value.ts';

/** An empty directory for as long as the test takes. */
export function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sidekey-state-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A secret's body. */
export function body(json: string): Secret<ValueMap> {
  const value = parseJson(json);
  if (!isValueMap(value)) throw new TypeError('Not an object');
  return new Secret(value);
}

const TERM: Term = {
  lifetime: { kind: 'leased', ttlMs: 1000, renewable: true },
  grantedAt: 5,
  firstTtlMs: 2000,
};

/** A state with something of everything. */
export const STATE: SavedState = {
  version: 2,
  fingerprint: 'abc',
  clock: { at: 3, boot: 'b007' },
  current: [
    { id: 2, store: 'vault', token: new Secret('s.canary'), term: TERM },
    { id: 3, store: 'infisical', token: new Secret('ey.canary'), term: TERM },
  ],
  former: [
    { id: 1, store: 'vault', token: new Secret('s.former'), term: { ...TERM, lifetime: { kind: 'static' } } },
  ],
  secrets: [
    {
      ref: { store: 'vault', operation: 'write', path: 'pki/issue/web', parameters: { cn: 'a', empty: '' } },
      value: body('{"data":{"id":12345678901234567890,"price":1.50,"__proto__":{"x":1e3}},"warnings":null}'),
      session: 2,
      leaseId: 'pki/issue/web/1',
      term: { ...TERM, lifetime: { kind: 'expiring', ttlMs: 99 } },
    },
    {
      ref: { store: 'vault', operation: 'read', path: 'secret/data/app?version=3', parameters: {} },
      value: body('{"data":"canary"}'),
      session: 2,
      term: { ...TERM, lifetime: { kind: 'polled' } },
    },
    {
      ref: { store: 'infisical', operation: 'write', path: 'app/dev', parameters: { dynamicSecret: 'pg' } },
      value: body('{"data":{}}'),
      session: 3,
      leaseId: 'a',
      term: { ...TERM, lifetime: { kind: 'leased', ttlMs: 1000, renewable: true, lasting: true } },
    },
    ...(
      [
        { kind: 'rotating', ttlMs: 5000 },
        { kind: 'polled', everyMs: 30_000 },
        { kind: 'static' },
        { kind: 'once' },
      ] as const
    ).map((lifetime) => ({
      ref: { store: 'vault', operation: 'read', path: `kind/${lifetime.kind}`, parameters: {} } as const,
      value: body('{"data":{}}'),
      session: 2,
      term: { ...TERM, lifetime },
    })),
  ],
  superseded: [
    { leaseId: 'old', store: 'vault', session: 1, term: TERM, commit: 4 },
    { leaseId: 'older', store: 'vault', session: 1, term: TERM },
  ],
  remnants: [{ leaseId: 'left', store: 'infisical', endsAt: 9 }],
  files: [
    { name: 'api', changedAt: 7 },
    { name: 'told', changedAt: 8, mark: 'f00' },
    { name: 'pair', changedAt: 9, written: [{ volume: '/secrets', path: 'tls/key.pem', mode: 0o400 }] },
    { name: 'gone', changedAt: 10, removed: true },
  ],
  notices: [{ target: 'POST http://127.0.0.1:1/', kind: 'http', commit: 4, giveUpAt: 11 }],
};

const open = ({ token, ...session }: SavedSession): object => ({ ...session, token: token.reveal() });

/** The state with its secrets in the clear, for comparison. */
export function revealed(state: SavedState): object {
  return {
    ...state,
    current: state.current.map(open),
    former: state.former.map(open),
    secrets: state.secrets.map(({ value, ...secret }) => ({
      ...secret,
      value: serialiseJson(value.reveal()),
    })),
  };
}

/** What is found in a directory, in the clear. */
export async function loaded(directory: string): Promise<object> {
  const result = loadState(directory);
  if (!result.found) throw new Error(`Ignored: ${result.reason}`);
  return revealed(result.state);
}
