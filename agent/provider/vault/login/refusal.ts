import type { VaultStore } from '#contract/agent-config.ts';
import { ProviderError } from '../../errors.ts';
import type { Answer } from '../../http/transport.ts';
import { refusalText } from '../errors.ts';

/** What a server says, and what it means: a fact, and what to do about it. */
export type Cause = readonly [pattern: RegExp, explain: () => string];

export interface Refused {
  /** Completes "Cannot …". */
  readonly doing: string;
  /** The first that fits what the server says counts. */
  readonly causes: readonly Cause[];
  /** What it may be if the server says only "denied". */
  readonly otherwise: readonly (() => string)[];
}

/**
 * Explains a refused login. A server says why only in some cases: where it does not, every known cause is named, with
 * what to do about each.
 */
export function explainRefusal(answer: Answer, { doing, causes, otherwise }: Refused): ProviderError {
  const text = refusalText(answer);
  const cause = causes.find(([pattern]) => pattern.test(text))?.[1];
  const fact = cause?.() ?? `the server does not say why; either ${numbered(otherwise)}`;
  return new ProviderError('login_refused', `Cannot ${doing} (${answer.status}): ${fact}`);
}

const numbered = (explanations: readonly (() => string)[]): string =>
  explanations.map((explain, index) => `(${index + 1}) ${explain()}`).join('; or ');

/** A mount of the store, and the method that should be there. */
interface Mount {
  readonly method: string;
  readonly path: string;
}

/** That the method is not there, which is meant by more than one of the server's words. */
export function missingMount({ namespace }: VaultStore, { method, path }: Mount): string {
  const where = namespace === undefined ? '' : ` of namespace "${namespace}"`;
  return `no ${method} auth method is mounted at "${path}"${where}: correct the path`;
}

export const missingRole = (role: string): string =>
  `there is no role "${role}": create it or correct its name`;

/** What every method is told where the mount or the namespace is not there. */
export const misplaced = (store: VaultStore, mount: Mount): readonly Cause[] => [
  [/no handler for route|unsupported path/iu, () => missingMount(store, mount)],
  [/namespace not found/iu, () => `there is no namespace "${store.namespace ?? ''}"`],
];
