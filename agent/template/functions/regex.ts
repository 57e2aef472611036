import { compileFor } from '../regex/regex.ts';
import { type Family, takes } from './signature.ts';

export const REGEX: Family<'regex'> = {
  regexMatch: takes(['string', 'string'], ([pattern, text], context) =>
    compileFor(pattern, context).matches(text),
  ),
  regexReplaceAll: takes(['string', 'string', 'string'], ([pattern, template, text], context) => {
    return compileFor(pattern, context).replace(text, (match) => {
      const replacement = match.expand(template);
      context.spend(replacement.length / 16);
      return replacement;
    });
  }),
};
