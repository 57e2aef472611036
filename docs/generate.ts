import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AGENT_METRICS } from '../agent/metrics.ts';
import { ANNOTATIONS, DROP_IN_PREFIX, type Verdict } from '../injector/annotations/names.ts';
import { INJECTOR_METRICS } from '../injector/metrics.ts';
import type { MetricTable } from '#platform/metrics.ts';

/** The reference pages that are made from the tables in the code, by file name. Deterministic. */
export function referencePages(): Readonly<Record<string, string>> {
  return { 'annotations.md': annotationsPage(), 'metrics.md': metricsPage() };
}

const NOTE = '<!-- Made by `node docs/generate.ts` from the tables in the code. -->';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  followed: 'Followed. X stands for a name of your own, which is the file name unless another is given.',
  denied:
    'Refused: to ignore it would change what the application reads, or who logs in. The pod is not created.',
  warned:
    'Ignored with a warning: tuning that Sidekey has no use for. Keys that are not known at all are ignored likewise.',
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
}

function annotationsPage(): string {
  const sections = (Object.keys(VERDICTS) as Verdict[]).map((verdict) => {
    const rows = ANNOTATIONS.filter((name) => name.verdict === verdict).map((name) => [
      `\`${name.key}\``,
      name.default === undefined || name.default === '' ? '' : `\`${name.default}\``,
      name.doc,
    ]);
    return `## ${verdict[0]?.toUpperCase()}${verdict.slice(1)}\n\n${VERDICTS[verdict]}\n\n${table(['annotation', 'default', ''], rows)}`;
  });
  return `# Annotations\n\n${NOTE}\n\nAll begin with \`${DROP_IN_PREFIX}\`.\n\n${sections.join('\n\n')}\n`;
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
  return `# Metrics\n\n${NOTE}\n\n${metricsSection('Agent', AGENT_METRICS)}\n\n${metricsSection('Injector', INJECTOR_METRICS)}\n`;
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(referencePages())) {
    await writeFile(fileURLToPath(new URL(name, import.meta.url)), text);
  }
}
