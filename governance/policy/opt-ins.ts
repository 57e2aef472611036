import { DROP_IN } from '../../injector/annotations/families.ts';
import type { OptIn } from '../../injector/annotations/request.ts';
import { quote, quoteAll } from './cel.ts';

type Key = Pick<OptIn, 'key' | 'family'>;

/** What the injector takes for a no: Go's spellings for the family of the Vault Agent Injector, one for our own. */
const declines = ({ family }: Key): readonly string[] =>
  family === DROP_IN ? ['0', 'f', 'F', 'FALSE', 'false', 'False', ''] : ['false'];

/** Whether the annotations ask for an agent by this opt-in. A value that is neither yes nor no asks, and is refused by the injector. */
export const asks = (optIn: Key, annotations: string): string =>
  `!(${annotations}[?${quote(optIn.key)}].orValue(${quote(declines(optIn)[0] ?? '')}) in ${quoteAll(declines(optIn))})`;

/** Whether they say no by this opt-in, so that the family is left out even if the other asks. */
export const declined = (optIn: Key, annotations: string): string =>
  `(${quote(optIn.key)} in ${annotations} && ${annotations}[${quote(optIn.key)}] in ${quoteAll(declines(optIn))})`;
