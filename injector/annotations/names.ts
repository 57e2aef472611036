import type { ValueParser } from './values.ts';

/**
 * What becomes of an annotation:
 * `followed`; `warned`, a tuning key there is no use for; `denied`, because ignoring it would change what the application
 * reads or how the agent logs in.
 */
export type Verdict = 'followed' | 'warned' | 'denied';

/** What is known of one annotation. The tables of rules are what is parsed by, and what the reference pages are made of. */
export interface Rule {
  readonly verdict: Verdict;
  /** What its text has to be, for error messages and the reference page; empty where nothing is ever expected. */
  readonly form: string;
  /** What holds without the annotation. Saying so outright changes nothing, whatever the verdict. */
  readonly default?: string;
  /** One line for the reference page; for `warned` and `denied`, what to do instead. */
  readonly doc: string;
  /** What is not as it is where the annotation comes from, and why. */
  readonly differs?: string;
  /** The empty text, which charts leave where a value is not set, is as no annotation. */
  readonly emptyIsNone?: true;
}

/** A rule that reads its text by itself. */
export interface ParsedRule<T> extends Rule {
  readonly parse: ValueParser<T>;
}

type Details = Pick<Rule, 'default' | 'differs' | 'emptyIsNone'>;

/** Followed as the parser reads it or, where reading takes more than the text, as the form says. */
export function followed<T>(parse: ValueParser<T>, doc: string, details?: Details): ParsedRule<T>;
export function followed(form: string, doc: string, details?: Details): Rule;
export function followed(value: string | ValueParser<unknown>, doc: string, details: Details = {}): Rule {
  if (typeof value === 'string') return { verdict: 'followed', form: value, doc, ...details };
  const rule: ParsedRule<unknown> = {
    verdict: 'followed',
    form: formOf(value),
    parse: value,
    doc,
    ...details,
  };
  return rule;
}

export const warned = (doc: string, value?: string): Rule => unfollowed('warned', doc, value);
export const denied = (doc: string, value?: string): Rule => unfollowed('denied', doc, value);

const unfollowed = (verdict: Verdict, doc: string, value?: string): Rule => ({
  verdict,
  form: '',
  doc,
  ...(value === undefined ? {} : { default: value }),
});

/** No parser takes this, so each says what it expects. */
const NOTHING_TAKES = '\0';

function formOf(parse: ValueParser<unknown>): string {
  const read = parse(NOTHING_TAKES);
  return 'expected' in read ? read.expected : '';
}

/** A rule with its key. */
export interface AnnotationName extends Rule {
  /** Below the family's prefix; a key that ends with `X` or `<file>` stands for one key per name. */
  readonly key: string;
}

export const namesOf = (rules: Readonly<Record<string, Rule>>): readonly AnnotationName[] =>
  Object.entries(rules).map(([key, rule]) => ({ key, ...rule }));

/** Stands at the end of a key for a name of the user's. */
const PLACEHOLDER = /(?:X|<file>)$/u;

/** A key with the user's part in it. */
export const completeKey = (key: string, name: string): string => key.replace(PLACEHOLDER, () => name);

/** What comes before the user's part of a key, if it has one. */
export function openPrefix({ key }: Pick<AnnotationName, 'key'>): string | undefined {
  return PLACEHOLDER.test(key) ? completeKey(key, '') : undefined;
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
