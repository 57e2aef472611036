import { type Emit, SECTION_NAMES, type Section } from './row.ts';

/** What the report can be made of, and what it cannot say without. */
const INPUTS = {
  store: 'who received which secret, who holds an old version, and what the store refused',
  api: 'what admission refused, who reached into pods or changed the rules, who made a pod and where it ran; and which pods are gone, so that stale holders may be pods that are no more',
  reports: 'what runs and does not comply',
  policies: 'which policies are in force',
  tenants:
    'who owns a namespace and what it may have; policies are held against the defaults of this release',
  objects: 'how much of what a tenant may have is in use, and whose Secrets are no longer synced',
} as const;
export type InputName = keyof typeof INPUTS;

export const INPUT_NAMES = Object.keys(INPUTS) as readonly InputName[];

/** What no input says. */
const NEVER_SAID = [
  'Infisical: its audit log is not read, so that what it delivered is not here',
  'a pod that has read a secret may have passed it on, and what it wrote to a volume outlives it',
];

/** Says what the report cannot say. */
export function emitMissing(named: ReadonlySet<InputName>, emit: Emit): void {
  for (const [name, what] of Object.entries(INPUTS))
    if (!named.has(name as InputName))
      emit('integrity', {
        kind: 'missing input',
        log: name,
        what: `without it the report does not say ${what}`,
      });
  for (const what of NEVER_SAID) emit('integrity', { kind: 'never said', what });
}

/** What a section is made of; each of these says something. */
const MADE_OF: Readonly<Record<Section, readonly InputName[]>> = {
  delivery: ['store'],
  secret: ['store'],
  staleHolder: ['store'],
  denial: ['store', 'api'],
  breakGlass: ['store', 'api', 'objects'],
  tenant: ['tenants', 'objects'],
  policy: ['policies'],
  violation: ['reports'],
  integrity: INPUT_NAMES,
};

/** Sections of which nothing is known, which is not the same as that there is nothing. */
export const unknownSections = (named: ReadonlySet<InputName>): ReadonlySet<Section> =>
  new Set(SECTION_NAMES.filter((section) => !MADE_OF[section].some((input) => named.has(input))));
