import type { AgentConfig } from './agent-config.ts';
import type { Backoff } from './backoff.ts';
import type { Reader } from './reader.ts';

type Patience = Pick<AgentConfig, 'backoff' | 'replaceAfter' | 'endsOnLoginFault' | 'suspendFile'>;

/** Reads when something is tried again or replaced, and when the agent gives up or holds still. */
export function readPatience(root: Reader): Patience {
  const given = (key: string): boolean => (root.unknown(key) ?? undefined) !== undefined;
  const suspendFile = root.optionalString('suspendFile');
  return {
    ...(given('backoff') && { backoff: readBackoff(root.child('backoff')) }),
    ...(given('replaceAfter') && { replaceAfter: readShare(root) }),
    ...(root.boolean('endsOnLoginFault', false) && { endsOnLoginFault: true }),
    ...(suspendFile === undefined ? {} : { suspendFile }),
  };
}

const SHORTEST_MS = 50;

function readBackoff(reader: Reader): Backoff {
  const leastMs = reader.integer('leastMs', { min: SHORTEST_MS });
  const mostMs = reader.integer('mostMs', { min: SHORTEST_MS });
  if (mostMs < leastMs) reader.report('mostMs', 'must be at least as much as "leastMs"');
  reader.finish();
  return { leastMs, mostMs };
}

function readShare(root: Reader): number {
  const share = root.unknown('replaceAfter');
  if (typeof share === 'number' && share > 0 && share <= 1) return share;
  root.report('replaceAfter', 'must be a number above 0 and at most 1');
  return 1;
}
