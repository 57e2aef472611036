import { wholeText } from '../../go/search.ts';
import { StringList } from '../../go/value.ts';
import { compileFor, type Regex } from '../../regex/regex.ts';
import { REGEX } from '../regex.ts';
import { type Family, takes } from '../signature.ts';
import { orElse } from './flow.ts';

const find = takes(
  ['string', 'string'],
  ([pattern, text], context) => compileFor(pattern, context).all(text, 1)[0]?.group(0) ?? '',
);

/** At most so many; all of them if the number is negative. */
const findAll = takes(['string', 'string', 'int'], ([pattern, text, { value }], context) => {
  const found = compileFor(pattern, context).all(text, value < 0n ? Infinity : Number(value));
  return new StringList(found.length === 0 ? undefined : found.map((match) => match.group(0)));
});

const replaceAll = takes(['string', 'string', 'string'], ([pattern, text, template], context) =>
  REGEX.regexReplaceAll.call([pattern, template, text], context),
);

const replaceAllLiteral = takes(['string', 'string', 'string'], ([pattern, text, replacement], context) =>
  compileFor(pattern, context).replace(text, () => {
    context.spend(replacement.length / 16);
    return replacement;
  }),
);

const split = takes(['string', 'string', 'int'], ([pattern, text, { value }], context) => {
  const regex = compileFor(pattern, context);
  if (value === 0n) return new StringList(undefined);
  if (text === '' && pattern !== '') return new StringList(['']);
  return new StringList(between(regex, text, value < 0n ? Infinity : Number(value)));
});

/** What is between the matches, in at most so many parts; an empty match at the start parts nothing. */
function between(regex: Regex, text: string, most: number): readonly string[] {
  const characters = Array.from(text);
  const parts: string[] = [];
  let [begin, end] = [0, 0];
  for (const match of regex.all(text, most)) {
    if (parts.length === most - 1) break;
    end = match.start;
    if (match.end !== 0) parts.push(characters.slice(begin, end).join(''));
    begin = match.end;
  }
  return end === characters.length ? parts : [...parts, characters.slice(begin).join('')];
}

export const SPRIG_REGEX: Family<'sprigRegex'> = {
  sprig_regexMatch: orElse(REGEX.regexMatch, false),
  sprig_mustRegexMatch: REGEX.regexMatch,
  sprig_regexFind: find,
  sprig_mustRegexFind: find,
  sprig_regexFindAll: findAll,
  sprig_mustRegexFindAll: findAll,
  sprig_regexReplaceAll: replaceAll,
  sprig_mustRegexReplaceAll: replaceAll,
  sprig_regexReplaceAllLiteral: replaceAllLiteral,
  sprig_mustRegexReplaceAllLiteral: replaceAllLiteral,
  sprig_regexSplit: split,
  sprig_mustRegexSplit: split,
  sprig_regexQuoteMeta: takes(['string'], ([text]) =>
    wholeText(text).replaceAll(/[\\.+*?()|[\]{}^$]/gu, '\\$&'),
  ),
};
