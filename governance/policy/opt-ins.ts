import { NATIVE } from '../../injector/annotations/families.ts';
import type { OptIn } from '../../injector/annotations/request.ts';
import { cel, quote, quoteAll } from './cel.ts';

/** What the injector takes for a no: Go's spellings for the families of other injectors, one for our own. */
const noes = ({ family }: OptIn): string =>
  quoteAll(family === NATIVE ? ['false'] : ['0', 'f', 'F', 'FALSE', 'false', 'False', '']);

/** Whether the annotations ask for an agent by this opt-in. What is neither yes nor no asks, too, and is refused by the injector. */
export const asks = (optIn: OptIn, annotations: string): string => cel`
  (${quote(optIn.key)} in ${annotations} &&
    !(${annotations}[${quote(optIn.key)}] in ${noes(optIn)}))
`;

/** Whether they say no by this opt-in. */
export const declines = (optIn: OptIn, annotations: string): string => cel`
  ${quote(optIn.key)} in ${annotations} &&
    ${annotations}[${quote(optIn.key)}] in ${noes(optIn)}
`;
