import { readFile } from 'node:fs/promises';
import { certificatesIn } from '#platform/certificates.ts';
import type { Settings } from './admission/settings.ts';
import type { InjectorConfig } from './config.ts';

/**
 * The settings with the authorities of the stores, which agents get as text.
 *
 * @throws {Error} If a file cannot be read, or holds no certificate.
 */
export async function completeSettings({ settings, caFiles }: InjectorConfig): Promise<Settings> {
  const { vault, infisical } = settings;
  const [vaultCa, infisicalCa] = await Promise.all([caFiles.vault, caFiles.infisical].map(readAuthorities));
  return {
    ...settings,
    ...(vault && { vault: { ...vault, ...vaultCa } }),
    ...(infisical && { infisical: { ...infisical, ...infisicalCa } }),
  };
}

async function readAuthorities(file: string | undefined): Promise<{ readonly caPem?: string }> {
  if (file === undefined) return {};
  const caPem = certificatesIn(await readFile(file, 'utf8'));
  if (caPem === undefined) throw new Error(`Cannot use ${file}: it holds no certificate in PEM form`);
  return { caPem };
}
