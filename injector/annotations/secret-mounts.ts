import { OWN_DIRECTORY, VOLUME } from '#contract/layout.ts';
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

const PLACES = MOUNTS.map(({ path, key }) => `${path} (${key})`).join(' or ');

/** True for a path in one of these mounts, spelt as the system would spell it; the mount itself only if that is meant. */
function isMounted(text: string, mayBeMount: boolean): boolean {
  const parts = text.split('/').slice(1);
  const isPlain = isPrintable(text) && parts.every((part) => !['', '.', '..'].includes(part));
  return isPlain && MOUNTS.some(({ path }) => text.startsWith(`${path}/`) || (mayBeMount && text === path));
}

const parseMountedFile: ValueParser<string> = (text) =>
  isMounted(text, false)
    ? { value: text }
    : { expected: `a file below ${PLACES}, where Secrets are mounted into the agent` };

const parseMountedDirectory: ValueParser<string> = (text) =>
  isMounted(text, true)
    ? { value: text }
    : { expected: `a directory of ${PLACES}, where Secrets are mounted into the agent` };

/** Reads where a file of the agent's is; undefined if the annotation is not there, or not good. */
export const readMountedFile = (findings: Findings, key: string): string | undefined =>
  readMounted(findings, key, parseMountedFile);

/** The same for a directory; the empty text names none. */
export const readMountedDirectory = (findings: Findings, key: string): string | undefined =>
  findings.text(key) === '' ? undefined : readMounted(findings, key, parseMountedDirectory);

function readMounted(findings: Findings, key: string, parse: ValueParser<string>): string | undefined {
  const place = findings.read(key, parse, undefined);
  const mount = MOUNTS.find(({ path }) => place === path || place?.startsWith(`${path}/`));
  if (place === undefined || mount === undefined) return undefined;
  if (findings.text(mount.key) === undefined)
    findings.deny(
      key,
      `is ${quoted(place)}, where nothing is mounted; expected ${mount.key} with the name of a Secret beside it`,
    );
  return place;
}
