import type { Platform } from '../platform.ts';
import type { Tenant } from '../tenant.ts';
import { shellLine, shellWord } from './shell.ts';
import { policyName, rolePath } from './vault.ts';

/** What each product calls its command, and what stands before its variables. */
const PRODUCTS = {
  openbao: { command: 'bao', prefix: 'BAO' },
  vault: { command: 'vault', prefix: 'VAULT' },
} as const;

/** A script that writes policy and role of every tenant; to run it again changes nothing. */
export function vaultScript(platform: Platform, tenants: readonly Tenant[]): string {
  const { product, address, storeNamespace } = platform.vault;
  const { command, prefix } = PRODUCTS[product];
  const calls = tenants.flatMap((tenant) =>
    tenant.vault === undefined
      ? []
      : [shellLine('apply', [tenant.name, policyName(tenant), rolePath(platform, tenant.vault)])],
  );
  const lines = [
    '#!/bin/sh',
    '# Writes the policy and the login role of every tenant. It may run again at any time.',
    `# ${command} logs in as it always does: by ${prefix}_TOKEN or what "${command} login" left. ${prefix} names another command.`,
    'set -eu',
    'here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)',
    ...variable({ prefix, name: 'ADDR', value: address, isFixed: false }),
    ...variable({ prefix, name: 'NAMESPACE', value: storeNamespace, isFixed: true }),
    '',
    'apply() {',
    `  "\${${prefix}:-${command}}" policy write "$2" "$here/$1/policy.hcl"`,
    `  "\${${prefix}:-${command}}" write "$3" "@$here/$1/role.json"`,
    '}',
    '',
    ...calls,
  ];
  return `${lines.join('\n')}\n`;
}

interface Variable {
  readonly prefix: string;
  readonly name: string;
  readonly value: string;
  /** What is declared counts, whatever the environment says: a policy in another namespace is another policy. */
  readonly isFixed: boolean;
}

function variable({ prefix, name, value, isFixed }: Variable): readonly string[] {
  if (value === '') return [];
  const own = `${prefix}_${name}`;
  const set = `export ${own}=${shellWord(value)}`;
  if (isFixed) return [set];
  // OpenBao reads the variables of Vault too.
  const said = prefix === 'VAULT' ? `\${${own}:-}` : `\${${own}:-\${VAULT_${name}:-}}`;
  return [`if [ -z "${said}" ]; then`, `  ${set}`, 'fi'];
}
