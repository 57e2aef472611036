/** What can stand in a cell; undefined if it is not known. */
export type Cell = string | number | undefined;

const WHO = ['tenant', 'namespace', 'pod', 'uid', 'node', 'serviceAccount', 'identity', 'role'] as const;
const SPAN = ['first', 'last', 'count'] as const;

/** The sections of the report, in the order in which people read them, and what is said in each. */
export const SECTIONS = {
  delivery: {
    title: 'Deliveries',
    says: 'Who received which version of a secret, and when: the first read of a version by a pod. Reading it again is no delivery.',
    columns: [
      'time',
      ...WHO,
      'store',
      'mount',
      'path',
      'version',
      'lease',
      'policy',
      'requestId',
      'accelerators',
      'createdBy',
      'source',
    ],
  },
  secret: {
    title: 'Secrets',
    says: 'Every secret that was read: its newest version, who holds that, and who still holds an older one.',
    columns: ['store', 'path', 'newestVersion', 'since', 'holders', 'staleHolders', 'lastDelivery'],
  },
  staleHolder: {
    title: 'Stale holders',
    says: 'Pods whose last version read is older than the newest, and that nobody saw deleted.',
    columns: [...WHO, 'store', 'path', 'version', 'newestVersion', 'staleSince', 'lastRead'],
  },
  denial: {
    title: 'Denials',
    says: 'What was refused, by whom, to whom; what happened more than once is one row.',
    columns: [
      'kind',
      'outcome',
      ...SPAN,
      'user',
      ...WHO,
      'from',
      'operation',
      'object',
      'path',
      'policy',
      'binding',
      'reason',
      'message',
      'accelerators',
      'requestId',
      'source',
    ],
  },
  breakGlass: {
    title: 'Break-glass',
    says: 'What went past the usual way: hands in running pods, root tokens, reads by people, changes of the rules.',
    columns: [
      'kind',
      'outcome',
      ...SPAN,
      'user',
      'tenant',
      'namespace',
      'pod',
      'uid',
      'container',
      'operation',
      'object',
      'path',
      'version',
      'what',
      'from',
      'requestId',
      'source',
    ],
  },
  tenant: {
    title: 'Tenants',
    says: 'What each may have, and how much of it is in use.',
    columns: [
      'tenant',
      'owner',
      'namespace',
      'enforcement',
      'resource',
      'max',
      'quota',
      'used',
      'role',
      'paths',
      'infisical',
      'developers',
      'viewers',
    ],
  },
  policy: {
    title: 'Policies in force',
    says: 'What the API server enforces, held against what this release ships.',
    columns: [
      'name',
      'kind',
      'state',
      'action',
      'binding',
      'scope',
      'hash',
      'releaseHash',
      'declaredHash',
      'failurePolicy',
      'pass',
      'fail',
    ],
  },
  violation: {
    title: 'Violations',
    says: 'What runs and does not comply, as the policy reports have it: they say how it is, not how it was.',
    columns: [
      'time',
      'result',
      'policy',
      'rule',
      'severity',
      'tenant',
      'namespace',
      'kind',
      'name',
      'uid',
      'reporter',
      'source',
    ],
  },
  integrity: {
    title: 'Integrity',
    says: 'What these logs leave out, and what the report therefore cannot say.',
    columns: ['kind', 'log', 'from', 'to', 'count', 'source', 'what'],
  },
} as const;

export type Section = keyof typeof SECTIONS;

export const SECTION_NAMES = Object.keys(SECTIONS) as readonly Section[];

type Columns<S extends Section> = (typeof SECTIONS)[S]['columns'][number];

/** One row of a section. */
export type RowOf<S extends Section> = Readonly<Partial<Record<Columns<S>, Cell>>>;

/** Takes the rows as they come about. */
export interface Emit {
  <S extends Section>(section: S, cells: RowOf<S>): void;
}
