/** Where the store keeps what is not a tenant's: its own settings, logins, entities, and each token's private place. */
const RESERVED = ['sys', 'auth', 'identity', 'cubbyhole'];

/** By which the second version of KV has what else there is of a secret. */
const BESIDE_DATA = ['metadata', 'delete', 'undelete', 'destroy', 'subkeys'];

const isOfSecrets = (part: string): boolean => part === 'data' || BESIDE_DATA.includes(part);

/** What stands behind the name of a mount and is still all of it. */
const WHOLE = [
  'data',
  ...BESIDE_DATA,
  'creds',
  'static-creds',
  'issue',
  'sign',
  'roles',
  'keys',
  'encrypt',
  'decrypt',
];

/** A part of a path; nothing in it means anything to a policy, a list, a shell or a URL. */
const PART = /^[\p{L}\p{N}_.@:=~+-]+$/u;

interface Rule {
  isBroken(parts: readonly string[]): boolean;
  /** What is wrong and what to write instead, to follow the path. */
  says(parts: readonly string[]): string;
}

/** In the order in which they count: the first that is broken says it all. */
const RULES: readonly Rule[] = [
  {
    isBroken: (parts) => parts.every((part) => part === ''),
    says: () => 'names nothing; write a path such as secret/data/team-a',
  },
  {
    isBroken: ([first]) => first === '',
    says: (parts) => `begins with a slash; write ${parts.filter((part) => part !== '').join('/')}`,
  },
  {
    isBroken: (parts) => parts.some((part) => part === '.' || part === '..'),
    says: () => 'leads elsewhere by "." or ".."; write where it leads to',
  },
  {
    isBroken: (parts) => parts.some((part) => part.includes('*') || part === '+'),
    says: () => 'has a wildcard in it; a path stands for itself and all below it, and only "/*" may end it',
  },
  {
    isBroken: (parts) => !parts.every((part) => PART.test(part)),
    says: () => 'must be letters, digits and any of - _ . @ : = ~ +, with single slashes between them',
  },
  {
    isBroken: ([first]) => first === 'v1',
    says: ([, ...rest]) => `begins with the version of the API; write ${rest.join('/')}`,
  },
  {
    isBroken: ([first = '']) => RESERVED.includes(first),
    says: ([first]) => `is outside of what tenants have: ${first}/ belongs to the store itself`,
  },
  {
    isBroken: ([, second, ...rest]) => second === undefined || (rest.length === 0 && WHOLE.includes(second)),
    says: (parts) => `is all that is mounted there; write a path below it, such as ${parts.join('/')}/team-a`,
  },
];

/** What is wrong with a path of the store, to follow it; undefined if nothing is. */
export function storePathFault(path: string): string | undefined {
  const parts = path.split('/');
  return RULES.find((rule) => rule.isBroken(parts))?.says(parts);
}

/** True for a path as the store's command line writes it: its API has a part more for KV's second version. */
export function mayLackData(path: string): boolean {
  const [, second = '', ...rest] = path.split('/');
  return !WHOLE.includes(second) && !rest.some(isOfSecrets);
}

/** A path as it is compared: whatever there is of a secret of KV v2 is as much the tenant's as the secret. A mount may have several parts. */
export function comparablePath(path: string): string {
  const parts = path.split('/');
  const at = parts.findIndex((part, index) => index > 0 && isOfSecrets(part));
  return at > 0 && at < parts.length - 1 ? parts.with(at, 'data').join('/') : path;
}
