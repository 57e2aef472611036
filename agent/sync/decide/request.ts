import {
  type Binding,
  describeBinding,
  INFISICAL_BINDING_KEY,
  isBound,
  VAULT_BINDING_KEY,
} from '#contract/binding.ts';
import { describeSource, parseSecretSource, type SecretSource } from '#contract/secret-source.ts';
import {
  KEYS_KEY,
  SOURCE_KEY,
  SYNC_KEY,
  TEMPLATE_PREFIX,
  unknownAnnotations,
} from '#contract/secret-sync.ts';
import { TemplateSyntaxError } from '#contract/template/error.ts';
import { parseTemplate } from '#contract/template/parse.ts';
import type { Template } from '#contract/template/tree.ts';
import type { BoundNamespace } from './namespace.ts';
import type { SyncProblem } from './problem.ts';
import { isSecretKey, KEY_FORM } from './secret-key.ts';

/** What a Secret is to be made of. */
export interface SyncRequest {
  /** Absent if all keys are rendered from templates. */
  readonly source?: SecretSource;
  /** What each key is called at the source; absent: all that is there, under its own name. */
  readonly keys?: ReadonlyMap<string, string>;
  readonly templates: ReadonlyMap<string, Template>;
}

export interface ReadRequest {
  /** Absent if nothing can be done before the problems are mended. */
  readonly request?: SyncRequest;
  readonly problems: readonly SyncProblem[];
}

type Annotations = Readonly<Record<string, string>>;

/** Reads what the annotations of a Secret ask for, and holds it against what its namespace is bound to. */
export function readRequest(annotations: Annotations, namespace: BoundNamespace): ReadRequest {
  const problems = [...namespace.problems];
  const flag = annotations[SYNC_KEY];
  if (flag !== undefined && flag !== 'true')
    problems.push(invalid(SYNC_KEY, `is ${quoted(flag)}; expected "true" or "false"`));
  for (const key of unknownAnnotations(annotations))
    problems.push(
      invalid(
        key,
        `means nothing on a Secret; expected ${SOURCE_KEY}, ${KEYS_KEY} or ${TEMPLATE_PREFIX}<key>`,
      ),
    );
  const templates = readTemplates(annotations, problems);
  const keys = readKeys(annotations[KEYS_KEY], problems);
  const stands = annotations[SOURCE_KEY] !== undefined || keys !== undefined || templates.size === 0;
  const source = stands ? readSource(annotations[SOURCE_KEY], namespace.binding, problems) : undefined;
  if (problems.length > 0) return { problems };
  return { request: { templates, ...(keys && { keys }), ...(source && { source }) }, problems };
}

const invalid = (key: string, fact: string): SyncProblem => ({
  reason: 'invalid_annotation',
  message: `${key} ${fact}`,
});

/** The source that is named, or else the one folder that the namespace is bound to. */
function readSource(
  text: string | undefined,
  binding: Binding,
  problems: SyncProblem[],
): SecretSource | undefined {
  if (text === undefined) return boundFolder(binding, problems);
  const read = parseSecretSource(text);
  if (!('value' in read)) {
    problems.push(invalid(SOURCE_KEY, `is ${quoted(text)}; expected ${read.expected}`));
    return undefined;
  }
  if (!isBound(binding, read.value)) problems.push(unbound(describeSource(read.value), binding));
  return read.value;
}

function boundFolder(binding: Binding, problems: SyncProblem[]): SecretSource | undefined {
  const [folder, ...more] = binding.infisical;
  if (folder !== undefined && more.length === 0) return { store: 'infisical', ...folder };
  const message =
    folder === undefined
      ? `Nothing says where the values come from; annotate the Secret with ${SOURCE_KEY}, or the namespace with ${INFISICAL_BINDING_KEY}`
      : `The namespace is bound to ${describeBinding(binding)}; say which of them in ${SOURCE_KEY} of the Secret`;
  problems.push({ reason: 'unbound', message });
  return undefined;
}

/** The refusal of a source that belongs to somebody else, and where to ask for it. */
export function unbound(source: string, binding: Binding): SyncProblem {
  const key = source.startsWith('vault:') ? VAULT_BINDING_KEY : INFISICAL_BINDING_KEY;
  return {
    reason: 'unbound',
    message: `The namespace is not bound to ${source} but to ${describeBinding(binding)}; have it added to ${key} of the namespace, in the same spelling`,
  };
}

/** `token=MODEL_TOKEN,ca.crt`. */
function readKeys(
  text: string | undefined,
  problems: SyncProblem[],
): ReadonlyMap<string, string> | undefined {
  if (text === undefined) return undefined;
  const pairs = text.split(',').map((entry): [string, string] => {
    const [key = '', ...name] = entry.trim().split('=');
    return [key.trim(), name.length === 0 ? key.trim() : name.join('=').trim()];
  });
  const keys = new Map(pairs);
  const sound = pairs.every(([key, name]) => isSecretKey(key) && name !== '') && keys.size === pairs.length;
  if (!sound)
    problems.push(
      invalid(
        KEYS_KEY,
        `is ${quoted(text)}; expected a list such as "token=MODEL_TOKEN,ca.crt", each key once and of ${KEY_FORM}`,
      ),
    );
  return keys;
}

function readTemplates(annotations: Annotations, problems: SyncProblem[]): ReadonlyMap<string, Template> {
  const templates = new Map<string, Template>();
  for (const [annotation, text] of Object.entries(annotations)) {
    if (!annotation.startsWith(TEMPLATE_PREFIX)) continue;
    const key = annotation.slice(TEMPLATE_PREFIX.length);
    if (!isSecretKey(key))
      problems.push(invalid(annotation, `names the key ${quoted(key)}; expected ${KEY_FORM}`));
    try {
      templates.set(key, parseTemplate({ text, left: '{{', right: '}}' }));
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError)) throw error;
      problems.push(invalid(annotation, error.message));
    }
  }
  return templates;
}

const SHOWN_CHARACTERS = 64;

const quoted = (text: string): string =>
  JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
