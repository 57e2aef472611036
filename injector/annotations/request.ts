import { DROP_IN, dropIn, type Family, NATIVE, native } from './families.ts';
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
  return families.includes(NATIVE) && !families.includes(DROP_IN);
}

/**
 * The annotations that there are to follow. One opt-in is enough for both families; but one whose own opt-in says no is
 * left out, for the author, or another injector, means something else by it.
 */
export function followedAnnotations(annotations: Annotations): Annotations {
  const declined = decliningOptIns(annotations).map(({ family }) => family.prefix);
  const entries = Object.entries(annotations);
  return Object.fromEntries(entries.filter(([key]) => !declined.some((prefix) => key.startsWith(prefix))));
}
