import { isTrue } from '../go/value.ts';
import { type Family, takes, type TemplateFunction } from './signature.ts';

/** The value that decides: the first of that truth, or the last. */
const deciding = (stopsAt: boolean): TemplateFunction => ({
  parameters: ['any'],
  rest: 'any',
  stopsAt,
  call: (args) => args.at(-1),
});

export const LOGIC: Family<'logic'> = {
  and: deciding(false),
  or: deciding(true),
  not: takes(['any'], ([value]) => !isTrue(value)),
};
