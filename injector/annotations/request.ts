import { DROP_IN_PREFIX } from './names.ts';
import { parseFlag } from './values.ts';

/** The annotations of a pod. Keys are qualified names, which the API server has checked; values may be anything. */
export type Annotations = Readonly<Record<string, string>>;

export const OPT_IN_KEY = `${DROP_IN_PREFIX}agent-inject`;

/** Families of keys that ask for an agent and cannot be had in this release. */
const PENDING_PREFIXES = ['sidekey.dev/', 'openbao.org/'] as const;

export function isPending(key: string): boolean {
  return PENDING_PREFIXES.some((prefix) => key.startsWith(prefix));
}

/**
 * True if the pod asks for an agent, well or badly: a value that is neither true nor false asks too, so that it is
 * denied rather than passed by.
 */
export function asksForAgent(annotations: Annotations): boolean {
  const flag = parseFlag(annotations[OPT_IN_KEY] ?? '');
  return !('value' in flag) || flag.value || Object.keys(annotations).some(isPending);
}
