import { Regex } from '../regex/regex.ts';
import { type Family, type FunctionContext, takes } from './signature.ts';

const regex = (pattern: string, context: FunctionContext): Regex =>
  new Regex(pattern, (units) => context.spend(units));

export const REGEX: Family<'regex'> = {
  regexMatch: takes(['string', 'string'], ([pattern, text], context) =>
    regex(pattern, context).matches(text),
  ),
  regexReplaceAll: takes(['string', 'string', 'string'], ([pattern, template, text], context) => {
    return regex(pattern, context).replace(text, (match) => {
      const replacement = match.expand(template);
      context.spend(replacement.length / 16);
      return replacement;
    });
  }),
};
