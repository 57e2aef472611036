/** How Kubernetes lets things be named: each says what is wrong with a name, or undefined if it is fine. */

const LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`, 'u');
const DNS_LABEL = new RegExp(`^(?=.{1,63}$)${LABEL}$`, 'u');
const WORD = /^(?=.{1,63}$)[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/u;

export const faultInName = (name: string): string | undefined =>
  SUBDOMAIN.test(name)
    ? undefined
    : 'has to be of lowercase letters, digits, "-" and ".", beginning and ending with a letter or digit';

export const faultInNamespace = (name: string): string | undefined =>
  DNS_LABEL.test(name)
    ? undefined
    : 'has to be of at most 63 lowercase letters, digits and "-", beginning and ending with a letter or digit';

/** Of labels and annotations: `name` or `domain/name`. */
export function faultInQualifiedName(key: string): string | undefined {
  const [name = '', domain, ...more] = key.split('/').toReversed();
  const sound =
    WORD.test(name) && more.length === 0 && (domain === undefined || SUBDOMAIN.test(domain.toLowerCase()));
  return sound
    ? undefined
    : 'has to be named like "team" or "example.com/team", with at most 63 letters, digits, "-", "_" and "."';
}

export const faultInLabelValue = (value: string): string | undefined =>
  value === '' || WORD.test(value)
    ? undefined
    : 'has to be empty, or of at most 63 letters, digits, "-", "_" and "."';
