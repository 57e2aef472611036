import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GovernedCluster } from './cluster.ts';

/** A line of the evidence. */
export interface Row {
  readonly section: string;
  readonly [column: string]: unknown;
}

export interface Report {
  readonly rows: readonly Row[];
  readonly markdown: string;
}

const KINDS = {
  policies: 'validatingadmissionpolicies,validatingadmissionpolicybindings',
  objects: 'namespaces,resourcequotas,pods',
} as const;

/**
 * What `sidekey audit report` makes of all that there is to know.
 *
 * @throws {Error} With what it said, if the report is not whole.
 */
export async function makeReport(cluster: GovernedCluster): Promise<Report> {
  const { node, bao } = cluster.stage;
  const logs = ['--store-log', bao.auditFile, '--api-log', node.auditLog, '-f', cluster.tenants];
  const files = await Promise.all(
    Object.entries(KINDS).map(async ([option, kinds]) => {
      const file = join(cluster.directory, `${option}.json`);
      await writeFile(file, await node.kubectl(['get', kinds, '--all-namespaces', '--output=json']));
      return [`--${option}`, file];
    }),
  );
  const ask = async (output: string): Promise<string> => {
    const command = ['audit', 'report', ...logs, ...files.flat(), '-o', output];
    const { code, stdout, stderr } = await cluster.sidekey(...command);
    if (code !== 0) throw new Error(`The report is not whole: ${stderr}`);
    return stdout;
  };
  const lines = (await ask('jsonl')).trim().split('\n');
  return { rows: lines.map((line) => JSON.parse(line) as Row), markdown: await ask('markdown') };
}
