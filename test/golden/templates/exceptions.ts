/**
 * What differs from the real agent on purpose. Each is rendered by both where that is possible: the real agent must go on to do
 * what is said of it, so that no exception outlives its reason.
 */
export interface Exception {
  readonly what: string;
  readonly why: string;
  /** An example; the real agent renders it. */
  readonly template: string;
  /** What ours makes of it; nothing if it is refused. */
  readonly ours?: string;
}

const UNBOUNDED = 'no template can hang an agent, or fill the memory of its pod';
const CHANCE = "the real agent's output differs from one rendering to the next";

export const EXCEPTIONS: readonly Exception[] = [
  {
    what: 'complex numbers are refused',
    why: 'no function takes one, and no secret is one',
    template: '{{ 1+2i }}',
  },
  {
    what: 'a template may do work for about a second; then it is refused',
    why: UNBOUNDED,
    template: '{{ range 3000000 }}{{ end }}',
  },
  {
    what: 'widths and precisions in printf are at most 1000',
    why: UNBOUNDED,
    template: '{{ printf "%1001d" 1 }}',
  },
  {
    what: 'templates call each other at most 100 deep',
    why: UNBOUNDED,
    template: '{{ define "a" }}{{ if lt . 200.0 }}{{ template "a" add 1.0 . }}{{ end }}{{ end }}{{ template "a" 1.0 }}',
  },
  {
    what: 'blocks and parentheses nest at most 100 deep',
    why: UNBOUNDED,
    template: `{{ ${'('.repeat(101)}1${')'.repeat(101)} }}`,
  },
  {
    what: 'what prints as a place in memory is refused: channels, scratch, pointers inside lists, %p of lists and maps',
    why: CHANCE,
    template: '{{ print (loop 2) }}',
  },
  {
    what: 'toJSON refuses a map out of parseYAML in which a number and a text are the same key',
    why: CHANCE,
    template: '{{ toJSON (parseYAML `{1: a, "1": b}`) }}',
  },
  {
    what: 'parseYAML refuses a document that goes on behind an empty list or map at its beginning',
    why: 'the real agent takes the rest for nothing',
    template: '{{ parseYAML "[]: b" }}',
  },
  {
    what: 'a class of Unicode in a pattern has its name with separators between the words, as in \\p{Old_Italic}',
    why: 'that is how the platform knows them; a list of all names would be longer than all else that reads patterns',
    template: '{{ regexMatch "\\\\p{OldItalic}" "x" }}',
  },
  {
    what: 'dates are given in UTC alone; another zone is refused',
    why: 'a file would hold another time once a zone has other rules, and an image need not know any',
    template: '{{ sprig_dateInZone "15:04" 0 "Europe/Berlin" }}',
  },
  {
    what: 'sprig_keys gives keys in the order of their bytes',
    why: CHANCE,
    template: '{{ sprig_keys (sprig_dict "b" 1 "a" 2 "c" 3) }}',
    ours: '[a b c]',
  },
  {
    what: 'sprig_values gives values in the order of their keys',
    why: CHANCE,
    template: '{{ sprig_values (sprig_dict "b" 1 "a" 2 "c" 3) }}',
    ours: '[2 1 3]',
  },
];
