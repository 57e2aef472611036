/** Outside of quotes a shell would make something else of these; inside of double quotes, of the first three. */
const SYNTAX = /[$`\\|&;<>()*?[\]{}~#!\n]/u;
const QUOTED_SYNTAX = /[$`\\]/u;

/** A word: quoted parts and others, side by side. */
const WORD = /(?:'[^']*'|"[^"]*"|[^\s'"])+/gu;
const PART = /'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<bare>[^'"]+)/gu;

/**
 * The words of a command, as a shell splits one that asks for nothing else: quotes keep a word together. Undefined if a
 * shell would do more than that.
 */
export function splitWords(text: string): readonly string[] | undefined {
  const rest = text.replaceAll(WORD, '');
  // A line's end is the end of a command, too.
  if (!/^[ \t]*$/u.test(rest)) return undefined;
  const words = [...text.matchAll(WORD)].map(([word]) => unquoted(word));
  return words.every((word) => word !== undefined) && words.length > 0 ? words : undefined;
}

function unquoted(word: string): string | undefined {
  let text = '';
  for (const { groups = {} } of word.matchAll(PART)) {
    const { single, double, bare } = groups;
    if ((bare !== undefined && SYNTAX.test(bare)) || (double !== undefined && QUOTED_SYNTAX.test(double)))
      return undefined;
    text += single ?? double ?? bare ?? '';
  }
  return text;
}
