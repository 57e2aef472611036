import type { Binding } from '#contract/binding.ts';
import { describeSource, type SecretSource } from '#contract/secret-source.ts';
import { encodeText } from '#contract/template/bytes.ts';
import type { Template } from '#contract/template/tree.ts';
import type { SecretRef, StoreName } from '../../provider/provider.ts';
import type { Failure } from '../../schedule/attempt.ts';
import { referenceOf } from '../../source/reference.ts';
import { textOf, valuesOf } from '../../source/values.ts';
import { TemplateError } from '../../template/error.ts';
import { evaluate, type TemplateInputs } from '../../template/evaluate.ts';
import type { ValueMap } from '../../value/value.ts';
import { isRefBound, nameRef } from './bound-reference.ts';
import type { SyncProblem, SyncReason } from './problem.ts';
import { type SyncRequest, unbound } from './request.ts';
import { isSecretKey, KEY_FORM } from './secret-key.ts';

/** What is known of a secret at its store. */
export interface Known {
  /** The last answer; absent if there was none yet. */
  readonly body?: ValueMap;
  /** Why there is no newer one. */
  readonly failure?: Failure;
}

/** Where the values come from. */
export interface Stores {
  has(store: StoreName): boolean;
  /** Undefined if the secret was never asked for. */
  known(ref: SecretRef): Known | undefined;
  now(): Date;
}

/** What a Secret is to hold, as far as it is known. */
export interface Wanted {
  /** Base64, by key. */
  readonly values: ReadonlyMap<string, string>;
  /** True if what the values do not mention is not wanted any more; else it is not known, and is left as it is. */
  readonly complete: boolean;
  /** Keys whose values are not known now: left as they are, even if the rest is complete. */
  readonly kept: ReadonlySet<string>;
  readonly used: readonly SecretRef[];
  readonly problems: readonly SyncProblem[];
}

/** Nothing is known: everything stays as it is. */
export const UNKNOWN: Wanted = {
  values: new Map(),
  complete: false,
  kept: new Set(),
  used: [],
  problems: [],
};

/** What a Secret is to hold now, by its request. */
export function wantedOf(request: SyncRequest, binding: Binding, stores: Stores): Wanted {
  const { source, keys, templates } = request;
  const parts = [
    ...(source ? [fromSource(source, keys, stores)] : []),
    ...[...templates].map(([key, template]) => fromTemplate(key, template, { binding, stores })),
  ];
  return {
    values: new Map(parts.flatMap(({ values }) => [...values])),
    complete: parts.every(({ complete }) => complete),
    kept: new Set(parts.flatMap(({ kept }) => [...kept])),
    used: parts.flatMap(({ used }) => used),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

/** All sources in one folder are one request to the store, whichever keys of it they want. */
const folderOf = (source: SecretSource): SecretRef => {
  const { key: _, ...whole } = source;
  return referenceOf(whole);
};

function fromSource(
  source: SecretSource,
  keys: ReadonlyMap<string, string> | undefined,
  stores: Stores,
): Wanted {
  const ref = folderOf(source);
  const known = stores.known(ref);
  const state = { ...UNKNOWN, used: [ref], problems: storeProblems(source, known, stores) };
  if (known?.body === undefined) return state;
  const found = valuesOf(source, known.body);
  if (found.size === 0 && keys === undefined && source.key === undefined)
    return { ...state, problems: [...state.problems, emptied(source)] };
  return fill({ ...state, complete: true }, source, { keys: keys ?? ownNames(source, found), found });
}

const ownNames = ({ key }: SecretSource, found: ValueMap): ReadonlyMap<string, string> =>
  new Map((key === undefined ? [...found.keys()] : [key]).map((name) => [name, name]));

interface Filling {
  readonly keys: ReadonlyMap<string, string>;
  readonly found: ValueMap;
}

function fill(state: Wanted, source: SecretSource, { keys, found }: Filling): Wanted {
  const values = new Map<string, string>();
  const kept = new Set<string>();
  const problems = [...state.problems];
  for (const [key, name] of keys) {
    const value = found.get(name);
    if (!isSecretKey(key)) problems.push(notAKey(key));
    else if (value !== undefined) values.set(key, base64(Buffer.from(textOf(value))));
    else {
      kept.add(key);
      problems.push(missing(source, name, found));
    }
  }
  return { ...state, values, kept, problems };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function fromTemplate(
  key: string,
  template: Template,
  { binding, stores }: { readonly binding: Binding; readonly stores: Stores },
): Wanted {
  const used: SecretRef[] = [];
  const foreign: SecretRef[] = [];
  const inputs: TemplateInputs = {
    has: (store) => stores.has(store),
    secret: (ref) => {
      const bound = isRefBound(binding, ref);
      (bound ? used : foreign).push(ref);
      return bound ? stores.known(ref)?.body : undefined;
    },
    // The sync's own variables are nobody else's business.
    env: () => undefined,
    now: () => stores.now(),
  };
  const rendering = rendered(key, template, inputs);
  const problems = [
    ...foreign.map((ref) => unbound(nameRef(ref), binding)),
    ...used.flatMap((ref) => failureOf(nameRef(ref), stores.known(ref)) ?? []),
    ...(typeof rendering === 'object' ? [rendering] : []),
  ];
  const kept = { ...UNKNOWN, complete: true, used, problems };
  if (typeof rendering !== 'string') return { ...kept, kept: new Set([key]) };
  return { ...kept, values: new Map([[key, rendering]]) };
}

/** Base64; undefined as long as a secret has yet to be read. */
function rendered(key: string, template: Template, inputs: TemplateInputs): string | SyncProblem | undefined {
  try {
    const evaluation = evaluate(template, inputs);
    return evaluation.ok ? base64(encodeText(evaluation.text.reveal())) : undefined;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { reason: 'template', message: `Key ${key}: ${error.message}` };
  }
}

function storeProblems(source: SecretSource, known: Known | undefined, stores: Stores): SyncProblem[] {
  if (stores.has(source.store)) {
    const failure = failureOf(describeSource(source), known);
    return failure ? [failure] : [];
  }
  const message = `The sync is not configured to use ${source.store}; have it added, or use another source`;
  return [{ reason: 'unavailable', message }];
}

const REASONS: Partial<Record<Failure['code'], SyncReason>> = {
  not_found: 'not_found',
  forbidden: 'forbidden',
  invalid_request: 'forbidden',
  login_refused: 'login_refused',
};

/** True for what passes by itself. An answer that makes no sense is a proxy's, as a rule, and the next is the store's again. */
export const isPassing = ({ code, transient }: Failure): boolean => transient || code === 'invalid_response';

function failureOf(source: string, known: Known | undefined): SyncProblem | undefined {
  if (known?.failure === undefined) return undefined;
  const { code, message } = known.failure;
  const passing = isPassing(known.failure);
  return { reason: REASONS[code] ?? 'unavailable', message: `${source}: ${message}`, passing };
}

const emptied = (source: SecretSource): SyncProblem => ({
  reason: 'source_empty',
  message: `${describeSource(source)} holds nothing; what the Secret has is kept: delete the Secret if that is meant`,
});

const notAKey = (key: string): SyncProblem => ({
  reason: 'invalid_key',
  message: `${JSON.stringify(key.slice(0, 64))} cannot be a key of a Secret, which has ${KEY_FORM}; give it another name in sidekey.dev/keys`,
});

const MOST_NAMES = 10;

function missing(source: SecretSource, name: string, found: ValueMap): SyncProblem {
  const names = [...found.keys()].toSorted();
  const like = names.find((other) => other.toLowerCase() === name.toLowerCase());
  const rest = names.length > MOST_NAMES ? `${names.slice(0, MOST_NAMES).join(', ')}, …` : names.join(', ');
  const hint =
    like === undefined
      ? `it has ${rest || 'none'}`
      : `it has ${like}: say ${name}=${like} in sidekey.dev/keys`;
  return { reason: 'missing_key', message: `${describeSource(source)} has no key ${name}; ${hint}` };
}
