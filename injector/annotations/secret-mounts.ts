import { API_DIRECTORY, OWN_DIRECTORY, VOLUME } from '#contract/layout.ts';
import type { Wish } from './agent-wishes.ts';
import { dropIn, native } from './families.ts';
import type { Findings } from './findings.ts';
import type { SecretMount } from './injection.ts';
import { readDropIn, readNative } from './table.ts';
import { isPrintable, quoted, type ValueParser } from './values.ts';

/** Where the Vault Agent Injector mounts Secrets into its agent. What pods say of files in there stays true. */
const MOUNTS = [
  {
    row: 'agent-extra-secret',
    key: dropIn('agent-extra-secret'),
    volume: VOLUME.extra,
    path: '/vault/custom',
  },
  { row: 'tls-secret', key: dropIn('tls-secret'), volume: VOLUME.tls, path: '/vault/tls' },
] as const;

/** The Secrets and ConfigMaps that a pod wants mounted into the agent's container, and into no other. */
export function readSecretMounts(findings: Findings): readonly SecretMount[] {
  const secrets = MOUNTS.flatMap(({ row, key, volume, path }) => {
    const secretName = readDropIn(findings, row);
    return secretName === undefined ? [] : [{ key, volume, path, secretName }];
  });
  const authorities = AUTHORITIES.flatMap(({ row, volume, path }): SecretMount[] => {
    const source = readNative(findings, row);
    if (source === undefined) return [];
    const mount = { key: native(row), volume, path };
    const { kind, name, key: item } = source;
    return [
      kind === 'secret' ? { ...mount, secretName: name, item } : { ...mount, configMapName: name, item },
    ];
  });
  return [...secrets, ...authorities];
}

/** Where the agent finds whom to trust, where a pod says so in Sidekey's own words. */
const AUTHORITIES = [
  { row: 'vault-ca', volume: VOLUME.vaultCa, path: `${OWN_DIRECTORY}/vault-ca` },
  { row: 'infisical-ca', volume: VOLUME.infisicalCa, path: `${OWN_DIRECTORY}/infisical-ca` },
] as const;

/** The file of an authority that a pod names; undefined if it names none, or badly. */
export function readAuthorityFile(findings: Findings, row: 'vault-ca' | 'infisical-ca'): string | undefined {
  const source = readNative(findings, row);
  const mount = AUTHORITIES.find((one) => one.row === row);
  return source && mount && `${mount.path}/${source.key}`;
}

/** Two spellings of one directory. */
const API_ALIAS = API_DIRECTORY.slice('/var'.length);
const fullPath = (path: string): string => (path.startsWith(`${API_ALIAS}/`) ? `/var${path}` : path);

const PLACES = MOUNTS.map(({ path, key }) => `${path} (${key})`).join(' or ');

/** Annotations that bring along mounts of the pod, which are known with it. */
const MOUNTING = [dropIn('agent-copy-volume-mounts'), dropIn('agent-service-account-token-volume-name')];

/**
 * Reads a path in one of these mounts, spelt as the system would spell it; the mount itself only if that is meant. Where mounts of
 * the pod are brought along, it may be anywhere: see `agentFiles`.
 */
function mountedParser(findings: Findings, what: 'file' | 'directory'): ValueParser<string> {
  const isAnywhere = MOUNTING.some((key) => (findings.text(key) ?? '') !== '');
  const isIn = (path: string, directory: string): boolean =>
    path.startsWith(`${directory}/`) || (what === 'directory' && path === directory);
  return (text) => {
    const path = fullPath(text);
    const [root, ...parts] = path.split('/');
    const isPlain =
      isPrintable(path) && root === '' && parts.every((part) => !['', '.', '..'].includes(part));
    const isKnown =
      isAnywhere || [...MOUNTS.map((mount) => mount.path), API_DIRECTORY].some((one) => isIn(path, one));
    return isPlain && isKnown
      ? { value: path }
      : {
          expected: `a ${what} below ${PLACES}, where Secrets are mounted into the agent, below ${API_DIRECTORY}, or below a mount that ${MOUNTING[0]} brings along`,
        };
  };
}

/** Reads where a file of the agent's is; undefined if the annotation is not there, or not good. */
export const readMountedFile = (findings: Findings, key: string): string | undefined =>
  readMounted(findings, key, mountedParser(findings, 'file'));

/** The same for a directory; the empty text names none. */
export const readMountedDirectory = (findings: Findings, key: string): string | undefined =>
  findings.text(key) === '' ? undefined : readMounted(findings, key, mountedParser(findings, 'directory'));

/** The rows that name a file of the agent's container, or a directory there. */
const FILE_ROWS = [
  'auth-config-token-path',
  'auth-config-path',
  'auth-config-role-id-file-path',
  'auth-config-secret-id-file-path',
  'auth-config-client-cert',
  'auth-config-client-key',
  'auth-config-ca-cert',
  'auth-config-token-file-path',
  'ca-cert',
  'ca-key',
  'client-cert',
  'client-key',
];

/** Those that are elsewhere than in a mounted Secret, to be looked for among the mounts of the pod. */
export const readAgentFiles = (findings: Findings): readonly Wish<string>[] =>
  FILE_ROWS.flatMap((row) => {
    const path = fullPath(findings.text(dropIn(row)) ?? '');
    const isOfSecret = MOUNTS.some((mount) => path === mount.path || path.startsWith(`${mount.path}/`));
    return path === '' || isOfSecret ? [] : [{ key: dropIn(row), value: path }];
  });

function readMounted(findings: Findings, key: string, parse: ValueParser<string>): string | undefined {
  const place = findings.read(key, parse, undefined);
  const mount = MOUNTS.find(({ path }) => place === path || place?.startsWith(`${path}/`));
  if (place === undefined || mount === undefined) return place;
  if (findings.text(mount.key) === undefined)
    findings.deny(
      key,
      `is ${quoted(place)}, where nothing is mounted; expected ${mount.key} with the name of a Secret beside it`,
    );
  return place;
}
