import type { Binding } from '#contract/binding.ts';
import { describeSource, type SecretSource } from '#contract/secret-source.ts';
import { encodeText } from '#contract/template/bytes.ts';
import type { Template } from '#contract/template/tree.ts';
import { refKey, type SecretRef, type StoreName } from '../../provider/provider.ts';
import type { Failure } from '../../schedule/attempt.ts';
import { referenceOf } from '../../source/reference.ts';
import { allValuesOf, textOf, valuesOf } from '../../source/values.ts';
import { Fault, TemplateError } from '../../template/error.ts';
import { evaluate, type TemplateInputs } from '../../template/evaluate.ts';
import { FUNCTIONS } from '../../template/functions/table.ts';
import type { Budget } from '../../template/run.ts';
import type { ValueMap } from '../../value/value.ts';
import { findAlike } from './alike.ts';
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
  const { source, templates } = request;
  const terms: TemplateTerms = {
    binding,
    stores,
    asked: new Set(),
    budget: { left: MOST_WORK },
  };
  const parts = [
    ...(source ? [fromSource(source, request, stores)] : []),
    ...[...templates].map(([key, template]) => fromTemplate(key, template, terms)),
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

function fromSource(source: SecretSource, { keys, templates }: SyncRequest, stores: Stores): Wanted {
  const ref = folderOf(source);
  const known = stores.known(ref);
  const state = { ...UNKNOWN, used: [ref], problems: storeProblems(source, known, stores) };
  if (known?.body === undefined) return state;
  const found = valuesOf(source, known.body);
  if (found.size === 0 && keys === undefined && source.key === undefined)
    return { ...state, problems: [...state.problems, emptied(describeSource(source))] };
  return fill(state, source, { keys: keys ?? ownNames(source, found), found, templates });
}

const ownNames = ({ key }: SecretSource, found: ValueMap): ReadonlyMap<string, string> =>
  new Map((key === undefined ? [...found.keys()] : [key]).map((name) => [name, name]));

interface Filling {
  readonly keys: ReadonlyMap<string, string>;
  readonly found: ValueMap;
  readonly templates: SyncRequest['templates'];
}

function fill(state: Wanted, source: SecretSource, { keys, found, templates }: Filling): Wanted {
  const values = new Map<string, string>();
  const kept = new Set<string>();
  const problems = [...state.problems];
  const absent: string[] = [];
  for (const [key, name] of keys) {
    // What a template makes of a key counts, even while that is not known.
    if (templates.has(key)) continue;
    const value = found.get(name);
    if (!isSecretKey(key)) problems.push(notAKey(key));
    else if (value !== undefined) values.set(key, base64(Buffer.from(textOf(value))));
    else {
      kept.add(key);
      absent.push(name);
    }
  }
  const complete = [...keys.keys()].some(isSecretKey);
  const all = absent.length === 0 ? problems : [...problems, ...missing(source, absent, found)];
  return { ...state, complete, values, kept, problems: all };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/**
 * What all templates of a Secret may do together, and how many secrets they may ask for: the sync is everybody's, and nothing
 * else happens meanwhile. This much is some tenths of a second, or four times the text that a Secret holds.
 */
const MOST_WORK = 250_000;
const MOST_SECRETS = 256;

interface TemplateTerms {
  readonly binding: Binding;
  readonly stores: Stores;
  /** The keys of what all templates have asked for until now. */
  readonly asked: Set<string>;
  readonly budget: Budget;
}

function fromTemplate(key: string, template: Template, terms: TemplateTerms): Wanted {
  const { binding, stores, asked } = terms;
  const used: SecretRef[] = [];
  const foreign: SecretRef[] = [];
  const inputs: TemplateInputs = {
    has: (store) => stores.has(store),
    secret: (ref) => {
      if (asked.add(refKey(ref)).size > MOST_SECRETS)
        throw new Fault(`the templates of a Secret may ask for ${MOST_SECRETS} secrets`);
      const bound = isRefBound(binding, ref);
      (bound ? used : foreign).push(ref);
      return bound ? stores.known(ref)?.body : undefined;
    },
    // The sync's own variables are nobody else's business.
    env: () => undefined,
    now: () => stores.now(),
  };
  const rendering = rendered(key, template, inputs, terms);
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
function rendered(
  key: string,
  template: Template,
  inputs: TemplateInputs,
  { stores, budget }: TemplateTerms,
): string | SyncProblem | undefined {
  try {
    const evaluation = evaluate({ template, functions: FUNCTIONS }, inputs, budget);
    if (!evaluation.ok) return undefined;
    const text = evaluation.text.reveal();
    const none = evaluation.used.find((ref) => isEmptied(ref, stores.known(ref)));
    return none && text.trim() === '' ? emptied(nameRef(none)) : base64(encodeText(text));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { reason: 'template', message: `Key ${key}: ${error.message}` };
  }
}

/** True of a folder that holds nothing: as a source, too, it would empty nothing. */
const isEmptied = ({ store, operation }: SecretRef, known: Known | undefined): boolean =>
  store === 'infisical' && operation === 'list' && allValuesOf(store, known?.body ?? new Map()).size === 0;

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
  const problem = { reason: REASONS[code] ?? 'unavailable', message: `${source}: ${message}` };
  if (!isPassing(known.failure)) return problem;
  return { ...problem, passing: known.body === undefined ? 'awaited' : 'known' };
}

const emptied = (source: string): SyncProblem => ({
  reason: 'source_empty',
  message: `${source} holds nothing; what the Secret has is kept: delete the Secret if that is meant`,
});

const notAKey = (key: string): SyncProblem => ({
  reason: 'invalid_key',
  message: `${JSON.stringify(key.slice(0, 64))} cannot be a key of a Secret, which has ${KEY_FORM}; give it another name in sidekey.dev/keys`,
});

const MOST_NAMES = 10;

function missing(source: SecretSource, absent: readonly string[], found: ValueMap): SyncProblem[] {
  const names = [...found.keys()].toSorted();
  const rest = names.length > MOST_NAMES ? `${names.slice(0, MOST_NAMES).join(', ')}, …` : names.join(', ');
  const alike = findAlike(names);
  return absent.map((name) => {
    const like = alike(name);
    const hint =
      like === undefined
        ? `it has ${rest || 'none'}`
        : `it has ${like}: say ${name}=${like} in sidekey.dev/keys`;
    return { reason: 'missing_key', message: `${describeSource(source)} has no key ${name}; ${hint}` };
  });
}
