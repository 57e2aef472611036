import { isObject, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { objectAt, type Path, type PodPlace } from './pods.ts';

/** A field, and the words by which a message speaks of it; all of them have to be in it. */
interface Named {
  readonly path: Path;
  readonly words: readonly string[];
}

/**
 * The field of an object that a policy's message speaks of most clearly; undefined if it speaks of none. Only the part that
 * says what was found counts, for what follows names what is allowed instead.
 */
export function spokenOf(message: string, object: JsonObject, pods: readonly PodPlace[]): Path | undefined {
  const found = message.split(/\ballowed\b/iu, 1)[0] ?? '';
  const fields = [...fieldsOf(object), ...pods.flatMap((pod) => fieldsOfPod(object, pod))];
  const spoken = fields.filter(({ words }) => words.every((word) => speaksOf(found, word)));
  const [first] = spoken.toSorted((a, b) => weight(b) - weight(a));
  return first?.path;
}

/** Longer words are less likely to be there by chance. */
const weight = ({ words }: Named): number => words.join('').length;

/** A word that is not a part of another one. */
function speaksOf(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const around = `${text[at - 1] ?? ''}${text[at + word.length] ?? ''}`;
    const end = text.slice(at + word.length, at + word.length + 2);
    if (!/[\w/-]/u.test(around.replace('.', '')) && !/^\.\w/u.test(end)) return true;
  }
  return false;
}

/** Of objects that are no pods: a Namespace, a ConfigMap, a claim for devices. */
function fieldsOf(object: JsonObject): readonly Named[] {
  const claim = object['kind'] === 'ResourceClaimTemplate' ? ['spec', 'spec'] : ['spec'];
  return [
    ...keysOf(object, ['metadata', 'labels'], 'label '),
    ...keysOf(object, ['metadata', 'annotations'], 'annotation '),
    ...keysOf(object, ['data'], 'key '),
    ...itemsOf(object, [...claim, 'devices', 'requests']).flatMap(fieldsOfRequest),
  ];
}

function fieldsOfRequest({ path, value }: Item): readonly Named[] {
  const inner = [
    { path, value },
    { path: [...path, 'exactly'], value: objectIn(value, 'exactly') },
    ...listIn(value, 'firstAvailable').map((one, index) => ({
      path: [...path, 'firstAvailable', String(index)],
      value: one,
    })),
  ];
  const classes = inner
    .map((one) => ({ path: [...one.path, 'deviceClassName'], words: [textIn(one.value, 'deviceClassName')] }))
    .filter(({ words: [word = ''] }) => word !== '');
  return [...classes, { path, words: [textIn(value, 'name')] }];
}

const LISTS = ['containers', 'initContainers', 'ephemeralContainers'];

function fieldsOfPod(object: JsonObject, { metadata, spec }: PodPlace): readonly Named[] {
  const containers = LISTS.flatMap((list) => itemsOf(object, [...spec, list]));
  const tolerations = itemsOf(object, [...spec, 'tolerations']);
  return [
    ...keysOf(object, [...metadata, 'annotations']),
    ...keysOf(object, [...metadata, 'labels'], 'label '),
    ...keysOf(object, [...spec, 'nodeSelector'], 'nodeSelector '),
    { path: [...spec, 'runtimeClassName'], words: ['runtimeClassName'] },
    { path: [...spec, 'affinity'], words: ['affinity'] },
    ...tolerations.map(({ path, value }) => ({ path, words: [`toleration ${textIn(value, 'key')}`] })),
    ...itemsOf(object, [...spec, 'volumes']).map(({ path, value }) => ({
      path,
      words: [`${textIn(value, 'name')} ->`, textIn(objectIn(value, 'hostPath'), 'path')],
    })),
    ...containers.flatMap(fieldsOfContainer),
  ];
}

function fieldsOfContainer({ path, value }: Item): readonly Named[] {
  const name = textIn(value, 'name');
  const own = (words: Named): Named => ({ path: words.path, words: [`${name} ->`, ...words.words] });
  const amounts = ['limits', 'requests'].flatMap((field) => keysOf(value, ['resources', field]));
  const variables = itemsOf(value, ['env']).map((one) => ({
    path: one.path,
    words: [textIn(one.value, 'name')],
  }));
  const mounts = itemsOf(value, ['volumeMounts']).map((one) => ({
    path: one.path,
    words: [textIn(one.value, 'mountPath')],
  }));
  const within = [
    ...amounts,
    ...variables,
    ...mounts,
    { path: [Object.hasOwn(value, 'args') ? 'args' : 'command'], words: ['argument'] },
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) => ({
      path: [probe],
      words: [probe],
    })),
  ];
  return [
    { path, words: [name] },
    ...within.map((one) => own({ path: [...path, ...one.path], words: one.words })),
  ];
}

/** The keys of a map, with what a message says before such a key. */
const keysOf = (object: JsonObject, path: Path, before = ''): readonly Named[] =>
  Object.keys(objectAt(object, path)).map((key) => ({ path: [...path, key], words: [`${before}${key}`] }));

interface Item {
  readonly path: Path;
  readonly value: JsonObject;
}

const itemsOf = (object: JsonObject, path: Path): readonly Item[] =>
  listIn(objectAt(object, path.slice(0, -1)), path.at(-1) ?? '').flatMap((value, index) =>
    isObject(value) ? [{ path: [...path, String(index)], value }] : [],
  );
