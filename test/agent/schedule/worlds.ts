import fc from 'fast-check';
import type { Failure } from '../../../agent/schedule/attempt.ts';
import { endOf, isLasting } from '../../../agent/schedule/lifetime.ts';
import type { AgentState, SessionState } from '../../../agent/schedule/state.ts';
import { sessionInUse } from '../../../agent/schedule/stores.ts';
import { chance, ModelStore, type SecretSpec, type Terms } from './model.ts';
import type { Moment } from './simulation.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export const DOWN: Failure = { code: 'unreachable', message: 'Cannot connect', transient: true };

/** Whole seconds, as Vault grants them; a life of 4 s is the shortest that a store is asked for in practice. */
export const terms = fc
  .record({
    ttl: fc.integer({ min: 4, max: 7200 }),
    times: fc.integer({ min: 1, max: 8 }),
    rest: fc.double({ min: 0, max: 1, noNaN: true }),
    renewable: fc.boolean(),
  })
  .map(({ ttl, times, rest, renewable }): Terms => {
    return { ttlMs: ttl * 1000, maxTtlMs: Math.floor(ttl * (times + rest)) * 1000, renewable };
  });

const secret: fc.Arbitrary<SecretSpec> = fc.oneof(
  fc.constant({ kind: 'kv' } as const),
  fc
    .tuple(terms, fc.boolean())
    .map(([granted, lasting]) => ({ kind: 'leased', lasting, ...granted }) as const),
  fc.integer({ min: 4, max: 7200 }).map((ttl) => ({ kind: 'expiring', ttlMs: ttl * 1000 }) as const),
);

export const world = fc
  .record({ token: terms, secrets: fc.array(secret, { minLength: 1, maxLength: 5 }), seed: fc.integer() })
  .map(({ token, secrets, seed }) => ({
    store: new ModelStore(token, new Map(secrets.map((spec, index) => [`path/${index}`, spec]))),
    pollMs: MINUTE,
    random: chance(seed),
  }));

/** Long enough to see several renewals and replacements of the shorter lives, short enough to be played in milliseconds. */
export function duration({ token, secrets }: ModelStore): number {
  const ttls = [...secrets.values()].flatMap((spec) => ('ttlMs' in spec ? [spec.ttlMs] : []));
  return Math.min(12 * Math.min(token.ttlMs, ...ttls) + MINUTE, 4 * HOUR);
}

/** `expect` is too slow for every moment of a life. */
export function hold(fact: boolean, message: string): void {
  if (!fact) throw new Error(message);
}

/** What holds at every moment, whatever the store does. */
export function checkSound({ now, plan, state }: Moment): void {
  hold(plan.wakeAt > now, 'looks again at once, though nothing has happened');
  for (const action of plan.actions) {
    if ('session' in action) hold(endOf(action.session.term) > now, 'uses a token that has ended');
    if (action.type !== 'renew') continue;
    const held = [...state.secrets.values()].find((one) => one.held?.leaseId === action.leaseId)?.held;
    const lease = held ?? state.superseded.find((one) => one.leaseId === action.leaseId);
    hold(lease !== undefined && endOf(lease.term) > now, 'renews a lease that has ended');
    if (lease && isLasting(lease.term))
      hold(isInUse(state, action.session), 'renews a lasting lease through a session that is out of use');
    else hold(lease?.session === action.session.id, 'renews a lease through a session that did not make it');
  }
}

const isInUse = (state: AgentState, { id }: SessionState): boolean => sessionInUse(state, id) !== undefined;

export function checkAlive(store: ModelStore, { now, files }: Pick<Moment, 'now' | 'files'>): void {
  for (const [path, { leaseId }] of files)
    hold(leaseId === undefined || store.isAlive(leaseId, now), `${path} stands in the files past its end`);
}
