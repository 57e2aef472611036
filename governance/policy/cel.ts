/** A text as CEL writes it. */
export function quote(text: string): string {
  const escaped = text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`);
  return `'${escaped.replaceAll('\n', String.raw`\n`)}'`;
}

/** A list of texts as CEL writes it. */
export const quoteAll = (texts: readonly string[]): string => `[${texts.map(quote).join(', ')}]`;

/** The entries of a list in an annotation of the object's namespace. */
export const entriesOf = (annotation: string): string =>
  `namespaceObject.metadata.?annotations[?${quote(annotation)}].orValue('').split(',').map(e, e.trim()).filter(e, e != '')`;

/** A message has to stay below 5 KiB as a whole. */
const SHOWN_CHARACTERS = 300;

/**
 * A list of texts as messages show it: in one line, cut where it is long. The list of one stands for a name, which CEL cannot
 * give a value otherwise.
 */
export const listed = (list: string): string =>
  `[${list}.join(', ').replace('\\n', ' ')]` +
  `.map(t, t == '' ? 'none' : t.size() > ${SHOWN_CHARACTERS} ? t.substring(0, ${SHOWN_CHARACTERS}) + ' …' : t)[0]`;

/**
 * A message with texts of CEL in it. It is evaluated for every object, the good ones too, so what stands in it has to be
 * cheap where nothing was found.
 */
export const message = (texts: TemplateStringsArray, ...values: readonly string[]): string =>
  texts
    .flatMap((text, index) => [...(text === '' ? [] : [quote(text)]), ...values.slice(index, index + 1)])
    .join(' + ');

/** The name of the object's namespace, for messages. */
export const NAMESPACE = 'namespaceObject.metadata.name';

/** A part of a message that is there if its list has entries. */
export const partOf = (list: string, text: string): string => `(${list}.size() == 0 ? '' : ${text})`;

/** Parts as one text: everything that is wrong is said at once, for an engine reports one message alone. */
export const allOf = (parts: readonly string[]): string =>
  `[${parts.join(',\n ')}].filter(p, p != '').join('; ')`;

/** True if none of the lists has an entry. */
export const allEmpty = (lists: readonly string[]): string =>
  lists.map((list) => `${list}.size() == 0`).join(' && ');
