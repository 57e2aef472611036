import { type Parsed, parsed, rejected } from '#contract/problem.ts';
import { Reader } from '#contract/reader.ts';
import { RELOAD_KINDS } from '#contract/reload.ts';
import { isToken } from '../provider/bearer.ts';
import { type SecretRef, type StoreName, STORES } from '../provider/provider.ts';
import type { Lifetime, Term } from '../schedule/lifetime.ts';
import type { Notice, Remnant } from '../schedule/state.ts';
import { Secret } from '../secret.ts';
import { parseJson, serialiseJson } from '../value/json.ts';
import { isValueMap, type ValueMap } from '../value/value.ts';
import {
  type ClockOrigin,
  SAVED_VERSION,
  type SavedFile,
  type SavedLease,
  type SavedPlace,
  type SavedSecret,
  type SavedSession,
  type SavedState,
} from './saved.ts';

/**
 * The state as text, with every secret in the clear. A secret's body stands in it as a text of its own, so that its
 * numbers keep their digits.
 */
export function serialiseState({ current, former, secrets, ...rest }: SavedState): string {
  return JSON.stringify({
    ...rest,
    current: current.map(revealSession),
    former: former.map(revealSession),
    secrets: secrets.map(({ value, ...secret }) => ({ ...secret, body: serialiseJson(value.reveal()) })),
  });
}

const revealSession = ({ token, ...session }: SavedSession): object => ({
  ...session,
  token: token.reveal(),
});

/** True if a text is a state of another version than ours; false if it is ours, or none at all. */
export function isOtherVersion(text: string): boolean {
  const root = new Reader(fromJson(text), 'state');
  const version = root.unknown('version');
  return typeof version === 'number' && version !== SAVED_VERSION;
}

/** Reads the state back. No problem quotes what was found. */
export function parseState(text: string): Parsed<SavedState> {
  const root = new Reader(fromJson(text), 'state');
  if (root.unknown('version') !== SAVED_VERSION) root.report('version', `must be ${SAVED_VERSION}`);
  const state: SavedState = {
    version: SAVED_VERSION,
    fingerprint: root.string('fingerprint'),
    ...(root.unknown('clock') === undefined ? {} : { clock: readClock(root.child('clock')) }),
    current: root.list('current').map(readSession),
    former: root.list('former').map(readSession),
    secrets: root.list('secrets').map(readSecret),
    superseded: laterList(root, 'superseded').map(readLease),
    remnants: laterList(root, 'remnants').map(readRemnant),
    files: root.list('files').map(readFile),
    notices: laterList(root, 'notices').map(readNotice),
  };
  return root.problems.length > 0 ? rejected(root.problems) : parsed(state);
}

/** A list that older releases did not write. */
const laterList = (root: Reader, key: string): Reader[] =>
  root.unknown(key) === undefined ? [] : root.list(key);

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readClock(reader: Reader): ClockOrigin {
  return { at: number(reader, 'at'), boot: reader.string('boot', undefined, { allowEmpty: true }) };
}

function readSession(reader: Reader): SavedSession {
  const token = reader.string('token');
  if (!isToken(token)) reader.report('token', 'must be one plain word');
  return {
    id: number(reader, 'id'),
    store: readStore(reader),
    token: new Secret(token),
    term: readTerm(reader.child('term')),
  };
}

function readSecret(reader: Reader): SavedSecret {
  const leaseId = reader.optionalString('leaseId');
  return {
    ref: readRef(reader.child('ref')),
    value: new Secret(readBody(reader)),
    session: number(reader, 'session'),
    term: readTerm(reader.child('term')),
    ...(leaseId === undefined ? {} : { leaseId }),
  };
}

function readLease(reader: Reader): SavedLease {
  return {
    leaseId: reader.string('leaseId'),
    store: readStore(reader),
    session: number(reader, 'session'),
    term: readTerm(reader.child('term')),
    ...(reader.unknown('commit') === undefined ? {} : { commit: number(reader, 'commit') }),
  };
}

function readNotice(reader: Reader): Notice {
  return {
    target: reader.string('target'),
    kind: reader.choice('kind', RELOAD_KINDS, 'http'),
    commit: number(reader, 'commit'),
    giveUpAt: number(reader, 'giveUpAt'),
  };
}

function readRemnant(reader: Reader): Remnant {
  return { leaseId: reader.string('leaseId'), store: readStore(reader), endsAt: number(reader, 'endsAt') };
}

function readFile(reader: Reader): SavedFile {
  const mark = reader.optionalString('mark');
  return {
    name: reader.string('name'),
    changedAt: number(reader, 'changedAt'),
    ...(mark === undefined ? {} : { mark }),
    ...(reader.unknown('written') === undefined ? {} : { written: reader.list('written').map(readPlace) }),
    ...(reader.boolean('removed', false) && { removed: true }),
  };
}

function readPlace(reader: Reader): SavedPlace {
  return {
    volume: reader.string('volume'),
    path: reader.string('path'),
    mode: reader.integer('mode', { min: 0, max: 0o777 }),
  };
}

function readRef(reader: Reader): SecretRef {
  const parameters = reader.child('parameters');
  return {
    store: readStore(reader),
    operation: reader.choice('operation', ['read', 'write', 'list'], 'read'),
    path: reader.string('path'),
    parameters: Object.fromEntries(
      parameters.keys().map((key) => [key, parameters.string(key, undefined, { allowEmpty: true })]),
    ),
  };
}

const readStore = (reader: Reader): StoreName => reader.choice('store', STORES, 'vault');

function readBody(reader: Reader): ValueMap {
  try {
    const value = parseJson(reader.string('body'));
    if (isValueMap(value)) return value;
  } catch {
    // Reported below, without the text.
  }
  reader.report('body', 'must be the text of a JSON object');
  return new Map();
}

function readTerm(reader: Reader): Term {
  return {
    lifetime: readLifetime(reader.child('lifetime')),
    grantedAt: number(reader, 'grantedAt'),
    firstTtlMs: number(reader, 'firstTtlMs'),
  };
}

const LIFETIME_KINDS = [
  'leased',
  'expiring',
  'rotating',
  'polled',
  'static',
  'once',
] as const satisfies readonly Lifetime['kind'][];

function readLifetime(reader: Reader): Lifetime {
  const kind = reader.choice('kind', LIFETIME_KINDS, 'static');
  switch (kind) {
    case 'leased':
      return {
        kind,
        ttlMs: number(reader, 'ttlMs'),
        renewable: reader.boolean('renewable', false),
        ...(reader.boolean('lasting', false) && { lasting: true }),
      };
    case 'expiring':
    case 'rotating':
      return { kind, ttlMs: number(reader, 'ttlMs') };
    case 'polled':
      return {
        kind,
        ...(reader.unknown('everyMs') === undefined ? {} : { everyMs: number(reader, 'everyMs') }),
      };
    default:
      return { kind };
  }
}

const number = (reader: Reader, key: string): number => reader.integer(key, { min: Number.MIN_SAFE_INTEGER });
