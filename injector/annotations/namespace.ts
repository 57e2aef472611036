import {
  INFISICAL_BINDING_KEY,
  INFISICAL_IDENTITIES_KEY,
  parseInfisicalBinding,
  parseVaultBinding,
  VAULT_BINDING_KEY,
  VAULT_ROLES_KEY,
} from '#contract/binding.ts';
import type { Problem } from '#contract/problem.ts';
import { native } from './families.ts';
import { Findings } from './findings.ts';
import { type Limits, parseNames, parseReloads } from './limits.ts';
import type { InfisicalDefaults, OperatorDefaults, VaultDefaults } from './operator.ts';
import type { Annotations } from './request.ts';
import {
  addressParser,
  choiceParser,
  parseAudience,
  parseAuthPath,
  parseIdentity,
  parseInfisicalAuth,
  parseNamespace,
  parseRole,
} from './values.ts';

/** What the annotations of a namespace say of its pods. */
export interface NamespaceSettings {
  /** In place of the operator's defaults. */
  readonly vault: Partial<Omit<VaultDefaults, 'allowedAddresses' | 'caPem' | 'timeoutMs'>>;
  readonly infisical: Partial<Omit<InfisicalDefaults, 'allowedAddresses' | 'caPem' | 'timeoutMs'>>;
  /** Besides the operator's: what goes beyond those is not allowed. */
  readonly limits: Limits;
  /** True if whoever runs the cluster gives each container of the namespace a user of its own range, as OpenShift does. */
  readonly assignsUsers: boolean;
  /** Each pod of the namespace is denied for them: nobody knows what it may do. */
  readonly problems: readonly Problem[];
}

const KEYS = {
  vaultAddress: native('vault-address'),
  infisicalAddress: native('infisical-address'),
  reloads: native('allowed-reloads'),
  images: native('allowed-images'),
} as const;

/** What OpenShift writes on every namespace. */
export const USER_RANGE = 'openshift.io/sa.scc.uid-range';

/** Every annotation of a namespace that counts here, with what it is. */
export const NAMESPACE_KEYS: Readonly<Record<string, string>> = {
  [KEYS.vaultAddress]: 'the address of Vault or OpenBao, for pods that name none; must be on the allow list',
  [native('vault-role')]: 'the role of pods that name none',
  [native('vault-auth')]: 'how pods log in that do not say: `kubernetes` or `jwt`',
  [native('vault-auth-path')]: 'where the auth method is mounted',
  [native('vault-namespace')]: 'the namespace within Vault',
  [native('vault-audience')]: 'whom the token for Vault is good for',
  [KEYS.infisicalAddress]: 'the address of Infisical, for pods that name none; must be on the allow list',
  [native('infisical-identity')]: 'the machine identity of pods that name none',
  [native('infisical-auth')]: 'how pods log in that do not say: `kubernetes` or `universal`',
  [native('infisical-audience')]: 'whom the token for Infisical is good for',
  [VAULT_ROLES_KEY]: 'the roles that pods may log in with; also bounds the policy `sidekey-store-access`',
  [VAULT_BINDING_KEY]: 'the paths of Vault, each with all below it, that pods may read; the same policy',
  [INFISICAL_BINDING_KEY]: 'the folders of Infisical, each with all below it, that pods may read; the same',
  [INFISICAL_IDENTITIES_KEY]: 'the machine identities that pods may log in as; the same policy',
  [KEYS.reloads]: 'how pods may be told of changes: `http`, `signal`, `command`, or `none`',
  [KEYS.images]: "images of the agent that pods may name besides the operator's",
};

/** Reads the annotations of a namespace. */
export function readNamespace(annotations: Annotations): NamespaceSettings {
  const findings = new Findings(annotations);
  const settings = {
    vault: present({
      address: findings.text(KEYS.vaultAddress),
      role: findings.read(native('vault-role'), parseRole, undefined),
      authMethod: findings.read(native('vault-auth'), choiceParser('kubernetes', 'jwt'), undefined),
      authPath: findings.read(native('vault-auth-path'), parseAuthPath, undefined),
      namespace: findings.read(native('vault-namespace'), parseNamespace, undefined),
      audience: findings.read(native('vault-audience'), parseAudience, undefined),
    }),
    infisical: present({
      address: findings.text(KEYS.infisicalAddress),
      identityId: findings.read(native('infisical-identity'), parseIdentity, undefined),
      authMethod: findings.read(native('infisical-auth'), parseInfisicalAuth, undefined),
      audience: findings.read(native('infisical-audience'), parseAudience, undefined),
    }),
    limits: present({
      vaultRoles: findings.read(VAULT_ROLES_KEY, parseNames, undefined),
      vaultPaths: findings.read(VAULT_BINDING_KEY, parseVaultBinding, undefined),
      infisicalFolders: findings.read(INFISICAL_BINDING_KEY, parseInfisicalBinding, undefined),
      infisicalIdentities: findings.read(INFISICAL_IDENTITIES_KEY, parseNames, undefined),
      reloads: findings.read(KEYS.reloads, parseReloads, undefined),
      images: findings.read(KEYS.images, parseNames, undefined),
    }),
  };
  return {
    ...settings,
    assignsUsers: USER_RANGE in annotations,
    problems: findings.problems.map(ofNamespace),
  };
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is not there. */
function present<T extends object>(values: T): Present<T> {
  // What is left has the types that it had.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}

const ofNamespace = ({ key, message }: Problem): Problem => ({
  key,
  message: `of the namespace ${message}`,
});

/** The defaults that hold in a namespace, and what is wrong with what it says. */
export function defaultsIn<T extends OperatorDefaults>(
  defaults: T,
  found: NamespaceSettings,
): { readonly defaults: T; readonly problems: readonly Problem[] } {
  const { vault, infisical } = defaults;
  const addresses = new Findings({
    ...(found.vault.address !== undefined && { [KEYS.vaultAddress]: found.vault.address }),
    ...(found.infisical.address !== undefined && { [KEYS.infisicalAddress]: found.infisical.address }),
  });
  return {
    defaults: {
      ...defaults,
      ...(vault && { vault: { ...vault, ...found.vault, ...chosen(addresses, KEYS.vaultAddress, vault) } }),
      ...(infisical && {
        infisical: {
          ...infisical,
          ...found.infisical,
          ...chosen(addresses, KEYS.infisicalAddress, infisical),
        },
      }),
    },
    problems: [...found.problems, ...addresses.problems.map(ofNamespace)],
  };
}

type Addresses = Pick<VaultDefaults, 'address' | 'allowedAddresses'>;

/** Whoever may annotate a namespace may not choose freely where its pods send their tokens. */
function chosen(findings: Findings, key: string, { address, allowedAddresses }: Addresses): Addresses {
  const all = [address, ...allowedAddresses];
  return { address: findings.read(key, addressParser(all), address), allowedAddresses: all };
}
