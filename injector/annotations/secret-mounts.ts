import { VOLUME } from '#contract/layout.ts';
import { dropIn } from './families.ts';
import type { Findings } from './findings.ts';
import type { SecretMount } from './injection.ts';
import { isPrintable, parseSecretName, quoted, type ValueParser } from './values.ts';

/** Where the Vault Agent Injector mounts Secrets into its agent. What pods say of files in there stays true. */
const MOUNTS = [
  { key: dropIn('agent-extra-secret'), volume: VOLUME.extra, path: '/vault/custom' },
  { key: dropIn('tls-secret'), volume: VOLUME.tls, path: '/vault/tls' },
] as const;

/** The Secrets that a pod wants mounted into the agent's container, and into no other. */
export function readSecretMounts(findings: Findings): readonly SecretMount[] {
  return MOUNTS.flatMap(({ key, volume, path }) => {
    const secretName = findings.read(key, parseSecretName, undefined);
    return secretName === undefined ? [] : [{ key, volume, path, secretName }];
  });
}

const PLACES = MOUNTS.map(({ path, key }) => `${path} (${key})`).join(' or ');

/** A file in one of these mounts, spelt as the system would spell it. */
const parseMountedFile: ValueParser<string> = (text) => {
  const parts = text.split('/').slice(1);
  const isPlain = isPrintable(text) && parts.every((part) => !['', '.', '..'].includes(part));
  const isMounted = MOUNTS.some(({ path }) => text.startsWith(`${path}/`));
  return isPlain && isMounted
    ? { value: text }
    : { expected: `a file below ${PLACES}, where Secrets are mounted into the agent` };
};

/** Reads where a file of the agent's is; undefined if the annotation is not there, or not good. */
export function readMountedFile(findings: Findings, key: string): string | undefined {
  const file = findings.read(key, parseMountedFile, undefined);
  const mount = MOUNTS.find(({ path }) => file?.startsWith(`${path}/`));
  if (file === undefined || mount === undefined) return undefined;
  if (findings.text(mount.key) === undefined)
    findings.deny(
      key,
      `is ${quoted(file)}, where nothing is mounted; expected ${mount.key} with the name of a Secret beside it`,
    );
  return file;
}
