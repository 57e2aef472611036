import { cel, quote } from './cel.ts';

/** A message has to stay below 5 KiB as a whole. */
const SHOWN_CHARACTERS = 300;

/**
 * A list of texts as messages show it: in one line, cut where it is long. The list of one stands for a name, which CEL cannot
 * give a value otherwise.
 */
export const listed = (list: string): string => cel`
  [${list}.join(', ').replace('\n', ' ')].map(t,
    t == '' ? 'none' : t.size() > ${String(SHOWN_CHARACTERS)} ? t.substring(0, ${String(SHOWN_CHARACTERS)}) + ' …' : t)[0]
`;

/**
 * A message with texts of CEL in it. It is evaluated for every object, the good ones too, so what stands in it has to be
 * cheap where nothing was found.
 */
export const message = (texts: TemplateStringsArray, ...values: readonly string[]): string =>
  texts
    .flatMap((text, index) => [...(text === '' ? [] : [quote(text)]), ...values.slice(index, index + 1)])
    .join(' +\n');

/** The name of the object's namespace, for messages. */
export const NAMESPACE = 'namespaceObject.metadata.name';

/** A list of findings, and what is said if it has entries. */
export interface Finding {
  readonly list: string;
  readonly text: string;
}

/** All findings as one text: everything that is wrong is said at once, for an engine reports one message alone. */
export const allFindings = (findings: readonly Finding[]): string => cel`
  [
    ${findings
      .map(
        ({ list, text }) => cel`
      ${list}.size() == 0 ? '' :
      ${text}
    `,
      )
      .join(',\n')}
  ].filter(p, p != '').join('; ')
`;
