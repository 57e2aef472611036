import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AGENT_METRICS } from '../agent/metrics.ts';
import { DROP_IN, type Family, INFISICAL, NATIVE, OPENBAO } from '../injector/annotations/families.ts';
import type { AnnotationName, Verdict } from '../injector/annotations/names.ts';
import { NAMESPACE_KEYS } from '../injector/annotations/namespace.ts';
import { SYNC_METRICS } from '../agent/sync/metrics.ts';
import { INJECTOR_METRICS } from '../injector/metrics.ts';
import type { MetricTable } from '#platform/metrics.ts';
import { faultsPage } from './faults-page.ts';
import { policiesPage } from './policies-page.ts';
import { table } from './table.ts';
import { templatesPage } from './templates-page.ts';

/** The reference pages that are made from the tables in the code, by file name. Deterministic. */
export function referencePages(): Readonly<Record<string, string>> {
  return {
    'annotations.md': annotationsPage(),
    'faults.md': faultsPage(NOTE),
    'metrics.md': metricsPage(),
    'policies.md': policiesPage(NOTE),
    'templates.md': templatesPage(NOTE),
  };
}

const NOTE = '<!-- Made by `node docs/generate.ts` from the tables in the code. -->';

/** What a person has to know before the tables. */
const ANNOTATIONS_INTRODUCTION = `A pod gets an agent if it has \`${NATIVE.prefix}inject: "true"\` or \`${DROP_IN.prefix}agent-inject: "true"\`. One of them is
enough for the keys of both families; a family whose own opt-in says \`"false"\` is left out. Without an opt-in no other key counts:
the API server asks the injector about no such pod, so nothing is checked and nothing is refused.

Everything that is wrong is said in one answer, and the pod is not created. A key that says what holds anyway is never wrong.

Where both families say something about the one agent of a pod (its role, its mode), they have to say the same. The files of each family have a
directory of their own.

How applications that read only their environment get secrets: [env-files.md](env-files.md).`;

const NATIVE_NOTES = `\`<file>\` stands for the name of a file. What \`secret.<file>\` holds:

| | |
| --- | --- |
| \`vault:<path>#<field>\` | one field of a secret of Vault or OpenBao: \`vault:secret/data/ml/api-key#key\` |
| \`vault:<path>\` | all its fields |
| \`infisical:<project>/<environment>/<folder>#<KEY>\` | one secret of Infisical: \`infisical:ml/prod/serving#HF_TOKEN\`; the project is an id or a slug |
| \`infisical:<project>/<environment>/<folder>\` | all secrets of the folder |

Without a format, one value is written as it is, and several as JSON; [formats.md](formats.md) has the bytes of each format. How applications are told of
changes: [reload.md](reload.md). The agent
starts after the native sidecars of others, such as a mesh, and before the init containers that follow them.`;

interface Section {
  readonly title: string;
  readonly verdict: Verdict;
  readonly text: string;
  readonly columns: readonly Column[];
}

interface Column {
  readonly head: string;
  readonly cell: (name: AnnotationName) => string;
}

const code = (text: string | undefined): string => (text ? `\`${text}\`` : '');

const KEY: Column = { head: 'annotation', cell: ({ key }) => code(key) };
const DEFAULT: Column = { head: 'default', cell: (name) => code(name.default) };
const FORM: Column = { head: 'expected', cell: ({ form }) => form };
const DOC: Column = { head: 'how it is followed', cell: ({ doc }) => doc };
const INSTEAD: Column = { head: 'instead', cell: ({ doc }) => doc };
const DIFFERS: Column = { head: 'what differs, and why', cell: ({ differs = '' }) => differs };

const NATIVE_COLUMNS = [KEY, DEFAULT, FORM, DOC];
const DROP_IN_COLUMNS = [KEY, DEFAULT, FORM, DOC, DIFFERS];
const UNFOLLOWED_COLUMNS = [KEY, DEFAULT, INSTEAD];

const NATIVE_SECTIONS: readonly Section[] = [
  { title: 'Followed', verdict: 'followed', text: NATIVE_NOTES, columns: NATIVE_COLUMNS },
  {
    title: 'Not in this release',
    verdict: 'denied',
    text: 'Refused, and so is a key that is not known at all, with the nearest one that is.',
    columns: UNFOLLOWED_COLUMNS,
  },
];

const DROP_IN_SECTIONS: readonly Section[] = [
  {
    title: 'Followed',
    verdict: 'followed',
    text: `X stands for a name of your own, which is the file name unless another is given. What is not as with the Vault Agent Injector has its reason in
the last column; what else differs, whatever annotations say, is in [differences.md](differences.md). The empty text, which charts leave where a value is not set,
is as no annotation, but where it says something: of flags (false), amounts (none), \`namespace\` (the root) and \`proxy-address\` (none).`,
    columns: DROP_IN_COLUMNS,
  },
  {
    title: 'Denied',
    verdict: 'denied',
    text: 'Refused: to ignore it would change what the application reads, or who logs in.',
    columns: UNFOLLOWED_COLUMNS,
  },
  {
    title: 'Warned',
    verdict: 'warned',
    text: 'Ignored with a warning: tuning that Sidekey has no use for. Keys that are not known at all are ignored likewise.',
    columns: UNFOLLOWED_COLUMNS,
  },
];

const OPENBAO_NOTES = `The same keys, with the same meaning; \`${OPENBAO.prefix}agent-inject\` asks for an agent as well. Where a pod has a key of both families, that of
OpenBao counts, as with its own injector. No annotation is rewritten.`;

const INFISICAL_SECTIONS: readonly Section[] = [
  {
    title: 'What to write instead',
    verdict: 'denied',
    text: 'Refused in a pod that asks Sidekey for an agent. A pod that does not is left to that injector.',
    columns: UNFOLLOWED_COLUMNS,
  },
];

function annotationsSection({ names }: Family, { title, verdict, text, columns }: Section): string {
  const rows = names
    .filter((name) => name.verdict === verdict)
    .map((name) => columns.map(({ cell }) => cell(name)));
  const heads = columns.map(({ head }) => head);
  return `### ${title}\n\n${text}\n\n${table(heads, rows)}`;
}

function familyPart(title: string, family: Family, sections: readonly Section[]): string {
  const parts = sections.map((section) => annotationsSection(family, section));
  return `## ${title}: \`${family.prefix}\`\n\n${parts.join('\n\n')}`;
}

function annotationsPage(): string {
  const parts = [
    familyPart("Sidekey's own", NATIVE, NATIVE_SECTIONS),
    familyPart('Those of the Vault Agent Injector', DROP_IN, DROP_IN_SECTIONS),
    `## Those of the OpenBao Agent Injector: \`${OPENBAO.prefix}\`\n\n${OPENBAO_NOTES}`,
    familyPart("Those of Infisical's own injector", INFISICAL, INFISICAL_SECTIONS),
  ];
  return `# Annotations\n\n${NOTE}\n\n${ANNOTATIONS_INTRODUCTION}\n\n${[...parts, namespacePart()].join('\n\n')}\n`;
}

const NAMESPACE_INTRODUCTION = `What a pod does not say its namespace may say for it, and after that the operator. The last six of these bound what pods of the
namespace may ask for, within the operator's bounds (\`SIDEKEY_…_ALLOWED_…\`): a namespace may have less than those, and what it names beyond them is not
allowed. Where the operator has set no bound, that of the namespace stands alone. A pod that goes beyond one is denied, with the key and what is
allowed. They are the platform's: keep them so with the policy [\`sidekey-tenancy-guard\`](policies.md). Where places are bounded, a template has to
name them as texts: what it computes may be anything. An annotation of a namespace that cannot be read denies every pod of it that asks for an agent.`;

function namespacePart(): string {
  const rows = Object.entries(NAMESPACE_KEYS).map(([key, doc]) => [`\`${key}\``, doc]);
  return `## On a namespace\n\n${NAMESPACE_INTRODUCTION}\n\n${table(['annotation', ''], rows)}`;
}

function metricsSection(title: string, metrics: MetricTable): string {
  const rows = Object.entries(metrics).map(([name, { type, help, labels = {} }]) => [
    `\`${name}\``,
    type,
    Object.keys(labels).join(', '),
    help,
  ]);
  return `## ${title}\n\n${table(['name', 'type', 'labels', ''], rows)}`;
}

function metricsPage(): string {
  return `# Metrics\n\n${NOTE}\n\n${metricsSection('Agent', AGENT_METRICS)}\n\n${metricsSection('Sync', SYNC_METRICS)}\n\n${metricsSection('Injector', INJECTOR_METRICS)}\n`;
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(referencePages())) {
    await writeFile(fileURLToPath(new URL(name, import.meta.url)), text);
  }
}
