import type { Platform, Tenancy } from '../../../governance/tenant/platform.ts';
import type { TreeFile } from '../../output/tree.ts';
import { wrapped } from '../../text/layout.ts';
import { shellWord } from '../../text/shell.ts';

interface Written {
  readonly files: readonly TreeFile[];
  /** Files that were there before. */
  readonly gone: readonly string[];
}

/** What was written, and what to do with it. */
export function writtenText(
  directory: string,
  { platform, tenants }: Tenancy,
  { files, gone }: Written,
): string {
  const below = (path: string): string => shellWord(`${directory.replace(/\/+$/u, '')}/${path}`);
  const scripts = files
    .filter(({ path }) => path.endsWith('/apply.sh'))
    .map(({ path }) => `  sh ${below(path)}\n`);
  const count = tenants.length === 1 ? 'one tenant' : `${tenants.length} tenants`;
  return [
    `Wrote ${files.length} files for ${count} to ${directory}. Next:\n\n`,
    `  kubectl apply -R -f ${below('kubernetes')}\n`,
    ...scripts,
    `\n${wrapped(guardText(platform), '')}`,
    gone.length === 0 ? '' : goneText(gone),
  ].join('');
}

/** Whoever is not among them has the first policy refuse the first namespace, be it an administrator. */
function guardText({ platformGroups, platformUsers }: Platform): string {
  const who = [
    ...platformGroups.map((name) => `group ${name}`),
    ...platformUsers.map((name) => `user ${name}`),
  ];
  return `Apply as one of these: ${who.join(', ')}. The policies let nobody else write what a namespace may have.`;
}

/** Nothing takes away by itself what is no longer declared, unless it is a GitOps tool that prunes. */
function goneText(gone: readonly string[]): string {
  const folders = [...new Set(gone.map((path) => path.split('/').slice(0, -1).join('/')))];
  return `\nNo longer declared, and still there until somebody removes it (sidekey tenant diff shows it):\n\n${folders.map((one) => `  ${one}\n`).join('')}`;
}
