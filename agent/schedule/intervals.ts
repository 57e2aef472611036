import { dueAt, type Lifetime } from './lifetime.ts';
import type { AgentState, Moment, SecretState } from './state.ts';

/**
 * How often a secret is read that has no lease: as often as the most eager of the files that are made of it asks for. Of
 * a file that does not ask, it is the interval of the secret itself, or that of all.
 */
export function intervalOf(state: AgentState, key: string, lifetime: Lifetime): number {
  const own = ownInterval(lifetime, state.pollMs);
  if (state.asked.size === 0) return own;
  const wishes = [...state.files].flatMap(([name, { used }]) =>
    used.includes(key) ? (state.asked.get(name) ?? own) : [],
  );
  return wishes.length === 0 ? own : Math.min(...wishes);
}

function ownInterval(lifetime: Lifetime, pollMs: number): number {
  if (lifetime.kind === 'polled') return lifetime.everyMs ?? pollMs;
  return lifetime.kind === 'static' ? Number.POSITIVE_INFINITY : pollMs;
}

/** Which file is made of which secret is known once it has been: what is asked for more or less often from then on has another turn. */
export function retime(before: AgentState, after: AgentState, { random }: Moment): AgentState {
  if (after.asked.size === 0) return after;
  const secrets = new Map(
    [...after.secrets].map(([key, secret]): [string, SecretState] => {
      const { held, confirmedAt } = secret;
      if (held?.term.lifetime.kind !== 'polled' && held?.term.lifetime.kind !== 'static')
        return [key, secret];
      const { term } = held;
      const interval = intervalOf(after, key, term.lifetime);
      if (interval === intervalOf(before, key, term.lifetime)) return [key, secret];
      return [key, { ...secret, due: dueAt({ ...term, grantedAt: confirmedAt }, interval, random) }];
    }),
  );
  return { ...after, secrets };
}
