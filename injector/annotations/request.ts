import type { Problem } from '#contract/problem.ts';
import { DROP_IN, dropIn, type Family, NATIVE, native, OPENBAO } from './families.ts';
import { parseFlag, parseStrictFlag } from './values.ts';

/** The annotations of a pod. Keys are qualified names, which the API server has checked; values may be anything. */
export type Annotations = Readonly<Record<string, string>>;

/** How a family asks for an agent. Keys are in full. */
export interface OptIn {
  readonly family: Family;
  readonly key: string;
  /** Where it is noted that the agent is there. */
  readonly statusKey: string;
  readonly parse: typeof parseFlag;
}

/** The API server asks the injector about pods that have one of these keys, whatever its value, and about no others. */
export const OPT_INS: readonly OptIn[] = [
  {
    family: DROP_IN,
    key: dropIn('agent-inject'),
    statusKey: dropIn('agent-inject-status'),
    parse: parseFlag,
  },
  {
    family: OPENBAO,
    key: `${OPENBAO.prefix}agent-inject`,
    statusKey: `${OPENBAO.prefix}agent-inject-status`,
    parse: parseFlag,
  },
  { family: NATIVE, key: native('inject'), statusKey: native('status'), parse: parseStrictFlag },
];

/**
 * The opt-ins with which a pod asks for an agent, well or badly: a value that is neither true nor false asks, too, so
 * that it is denied rather than passed by. A pod without any asks for none.
 */
export function askingOptIns(annotations: Annotations): readonly OptIn[] {
  return OPT_INS.filter((optIn) => answer(optIn, annotations) ?? false);
}

/** The opt-ins with which it says no. */
export function decliningOptIns(annotations: Annotations): readonly OptIn[] {
  return OPT_INS.filter((optIn) => answer(optIn, annotations) === false);
}

function answer({ key, parse }: OptIn, annotations: Annotations): boolean | undefined {
  const text = annotations[key];
  if (text === undefined) return undefined;
  const flag = parse(text);
  return 'value' in flag ? flag.value : true;
}

/** True if the pod asks in Sidekey's own words and no others. */
export function asksNativelyAlone(annotations: Annotations): boolean {
  const families = askingOptIns(annotations).map(({ family }) => family);
  return families.length > 0 && families.every((family) => family === NATIVE);
}

/**
 * The annotations that there are to follow. One opt-in is enough for both families; but one whose own opt-in says no is
 * left out, for the author, or another injector, means something else by it.
 */
export function followedAnnotations(annotations: Annotations): Annotations {
  const declined = decliningOptIns(annotations).map(({ family }) => family.prefix);
  const entries = Object.entries(annotations);
  const followed = entries.filter(([key]) => !declined.some((prefix) => key.startsWith(prefix)));
  const all = Object.fromEntries([...followed, ...followed.flatMap(translated)].map(spelt));
  return Object.fromEntries(Object.entries(all).filter(isThere));
}

const AUTH_CONFIG = dropIn('auth-config-');

/** Vault Agent has these words with underscores, so that both spellings are in use. */
const spelt = ([key, text]: readonly [string, string]): readonly [string, string] => [
  key.startsWith(AUTH_CONFIG) ? key.replaceAll('_', '-') : key,
  text,
];

/** False for an empty text that stands for no annotation at all. */
function isThere([key, text]: readonly [string, string]): boolean {
  if (text !== '' || !key.startsWith(DROP_IN.prefix)) return true;
  return DROP_IN.find(key.slice(DROP_IN.prefix.length))?.name.emptyIsNone !== true;
}

const OWN_KEYS: ReadonlySet<string> = new Set(OPT_INS.flatMap(({ key, statusKey }) => [key, statusKey]));

/** What the OpenBao family says, in the words of the family that it is made after; each asks for an agent by its own key. */
function translated([key, text]: readonly [string, string]): readonly (readonly [string, string])[] {
  const isOther = key.startsWith(OPENBAO.prefix) && !OWN_KEYS.has(key);
  return isOther ? [[dropIn(key.slice(OPENBAO.prefix.length)), text]] : [];
}

/** Keys that both say something for, and not the same: the one is followed. */
export function overruledKeys(annotations: Annotations): readonly string[] {
  const followed = followedAnnotations(annotations);
  return Object.keys(followed).filter(
    (key) => key.startsWith(DROP_IN.prefix) && (annotations[key] ?? followed[key]) !== followed[key],
  );
}

/** Keys of the drop-in family, in a text or as one. */
const DROP_IN_KEY = new RegExp(`${DROP_IN.prefix.replaceAll('.', String.raw`\.`)}(?<word>[\\w.-]*)`, 'gu');

/** Says a problem in the words of the family that its pod uses. */
export function inFamilyOf(annotations: Annotations): (problem: Problem) => Problem {
  const asking = askingOptIns(annotations).map(({ family }) => family);
  const isOther = asking.includes(OPENBAO) && !asking.includes(DROP_IN);
  const say = (text: string): string =>
    text.replaceAll(DROP_IN_KEY, (key: string, word: string) => {
      if (OWN_KEYS.has(key) && annotations[key] !== undefined) return key;
      const other = OPENBAO.prefix + word;
      const isSaid = annotations[other] !== undefined && word !== '';
      return isSaid || (isOther && annotations[key] === undefined) ? other : key;
    });
  return ({ key, message }) => ({ key: say(key), message: say(message) });
}
