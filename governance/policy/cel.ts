/**
 * An expression as it is written, without the indentation that it has in the code. What is put in takes on the indentation of
 * its place.
 */
export function cel({ raw }: TemplateStringsArray, ...values: readonly string[]): string {
  const lines = raw.reduce((text, part, index) => text + inPlace(text, values[index - 1] ?? '') + part);
  const [first = '', ...rest] = lines.replace(/^\n/u, '').trimEnd().split('\n');
  const indentation = indentationOf(first);
  return [first, ...rest].map((line) => line.slice(Math.min(indentation, indentationOf(line)))).join('\n');
}

const indentationOf = (line: string): number => line.length - line.trimStart().length;

function inPlace(before: string, value: string): string {
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return value.replaceAll('\n', `\n${' '.repeat(indentationOf(line))}`);
}

/** A text as CEL writes it. */
export function quote(text: string): string {
  const escaped = text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`);
  return `'${escaped}'`;
}

/** A list of texts as CEL writes it. */
export const quoteAll = (texts: readonly string[]): string => `[${texts.map(quote).join(', ')}]`;

/** The entries of a list in an annotation of the object's namespace. */
export const entriesOf = (annotation: string): string => cel`
  namespaceObject.metadata.?annotations[?${quote(annotation)}].orValue('')
    .split(',').map(e, e.trim()).filter(e, e != '')
`;

/**
 * Lists of texts as one: CEL in Kubernetes 1.30 cannot make one list of a list of lists, but a text of several texts. None of
 * them has a line feed.
 */
export const flattened = (lists: string): string => cel`
  ${lists}.join('\n').split('\n').filter(e, e != '')
`;

/** True if none of the lists has an entry. */
export const allEmpty = (lists: readonly string[]): string =>
  lists.map((list) => `${list}.size() == 0`).join(' &&\n');
