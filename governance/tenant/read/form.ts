import { isCidr } from './cidr.ts';

/** What a text has to look like. */
export interface Form {
  /** Completes "must be …". */
  readonly says: string;
  /** What does not fit may be a credential, and is not repeated. */
  readonly isPrivate: boolean;
  fits(text: string): boolean;
}

const form = (says: string, fits: (text: string) => boolean): Form => ({ says, isPrivate: false, fits });

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;
const isSubdomain = (text: string): boolean =>
  text.length <= 253 && text.split('.').every((part) => LABEL.test(part));
const isName = (text: string): boolean => /^(?=.{1,63}$)[a-z\d](?:[\w.-]*[a-z\d])?$/iu.test(text);

/** A name of one part with an optional domain before it, as labels and resources have. */
function isQualifiedName(text: string): boolean {
  const [name = '', domain, ...more] = text.split('/').toReversed();
  return isName(name) && more.length === 0 && (domain === undefined || isSubdomain(domain));
}

export const DNS_LABEL = form('a name of at most 63 small letters, digits and "-", such as team-a', (text) =>
  LABEL.test(text),
);

export const DNS_SUBDOMAIN = form(
  'a name of small letters, digits, "-" and ".", such as mig-3g-40gb',
  isSubdomain,
);

export const DOMAIN = form('a domain such as nvidia.com', isSubdomain);

export const LABEL_KEY = form('the key of a label, such as gpu-type', isQualifiedName);

export const LABEL_VALUE = form(
  'the value of a label: at most 63 letters, digits, "-", "_" and ".", such as h100-mig',
  // An empty one is a value, and would select the nodes that say nothing.
  (text) => isName(text),
);

export const RESOURCE = form(
  'the name of a resource with its domain, such as nvidia.com/mig-3g.40gb',
  (text) => text.includes('/') && isQualifiedName(text),
);

/** Control characters and what breaks a line have no place in anything that people read. */
const isPrintable = (text: string): boolean => /^(?! )[^\p{C}\p{Zl}\p{Zp}]{1,253}(?<! )$/u.test(text);

export const PRINTABLE = form('one line without blanks around it', isPrintable);

export const ROLE = form('a name of letters, digits, "-", "_" and ".", such as team-a', (text) =>
  /^\w(?:[\w.-]{0,126}\w)?$/u.test(text),
);

export const UUID = form('an id such as 7e2f1c0a-5d4b-4c3a-9b2e-1f0a6c5d4e3b', (text) =>
  /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u.test(text),
);

export const SLUG = form('the slug of an environment, such as prod', (text) =>
  /^[a-z\d](?:[a-z\d-]{0,62}[a-z\d])?$/u.test(text),
);

export const FOLDER = form(
  'an absolute folder such as /serving, without "..", commas and blanks',
  (text) => text === '/' || /^(?:\/[\w-]+)+$/u.test(text),
);

export const CIDR = form(
  'a range of addresses such as 10.0.0.0/24 or fd00::/64, whose other bits are zero',
  isCidr,
);

export const ADDRESS: Form = {
  says: 'an address such as https://openbao.openbao.svc:8200, without user and path',
  isPrivate: true,
  fits: (text) => /^https?:\/\/[\w.[\]:-]+\/?$/u.test(text) && URL.canParse(text),
};

/** Parts that no shell and no policy takes for something else. */
const isPlainPath = (text: string): boolean => /^(?!.*(?:^|\/)\.)[\w.-]+(?:\/[\w.-]+)*$/u.test(text);

export const STORE_NAMESPACE = form(
  'a namespace of the store such as ml/serving, without slashes around it',
  isPlainPath,
);

export const MOUNT = form('a path such as auth/jwt, without slashes around it', isPlainPath);
