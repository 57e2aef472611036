/**
 * What becomes of an annotation:
 * `followed`; `warned`, a tuning key there is no use for; `denied`, because ignoring it would change what the application
 * reads or how the agent logs in.
 */
export type Verdict = 'followed' | 'warned' | 'denied';

export interface AnnotationName {
  /** Below the family's prefix; a key that ends with `X` or `<file>` stands for one key per name. */
  readonly key: string;
  readonly verdict: Verdict;
  /** What holds without the annotation. Saying so outright changes nothing, whatever the verdict. */
  readonly default?: string;
  /** One line for the reference page; for `warned` and `denied`, what to do instead. */
  readonly doc: string;
}

export const followed = (key: string, doc: string, value?: string): AnnotationName =>
  row('followed', key, doc, value);
export const warned = (key: string, doc: string, value?: string): AnnotationName =>
  row('warned', key, doc, value);
export const denied = (key: string, doc: string, value?: string): AnnotationName =>
  row('denied', key, doc, value);

function row(verdict: Verdict, key: string, doc: string, value?: string): AnnotationName {
  return { key, verdict, doc, ...(value === undefined ? {} : { default: value }) };
}

/** Stands at the end of a key for a name of the user's. */
const PLACEHOLDER = /(?:X|<file>)$/u;

/** What comes before the user's part of a key, if it has one. */
export function openPrefix({ key }: AnnotationName): string | undefined {
  return PLACEHOLDER.test(key) ? key.replace(PLACEHOLDER, '') : undefined;
}

export interface FoundName {
  readonly name: AnnotationName;
  /** What stands for the placeholder; empty where there is none. */
  readonly suffix: string;
}

/** The row for a key without the family's prefix, or undefined if there is none. */
export type FindName = (key: string) => FoundName | undefined;

/** Looks keys up in a table. */
export function finder(names: readonly AnnotationName[]): FindName {
  const exact = new Map(names.map((name) => [name.key, name]));
  const open = names
    .flatMap((name) => {
      const prefix = openPrefix(name);
      return prefix === undefined ? [] : [{ name, prefix }];
    })
    // Longest prefix first, so that `agent-inject-template-file-a` is the file `a` and never the template `file-a`.
    .toSorted((a, b) => b.prefix.length - a.prefix.length);
  return (key) => {
    const same = exact.get(key);
    if (same !== undefined && openPrefix(same) === undefined) return { name: same, suffix: '' };
    const found = open.find(({ prefix }) => key.startsWith(prefix) && key.length > prefix.length);
    return found === undefined ? undefined : { name: found.name, suffix: key.slice(found.prefix.length) };
  };
}
