import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { SecretRef } from '../../../../agent/provider/provider.ts';

/** A file that holds a service-account token, for as long as the test needs it. */
export async function tokenFile(content: string): Promise<AsyncDisposable & { readonly file: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-token-'));
  const file = join(directory, 'token');
  await writeFile(file, content);
  return { file, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

export const reading = (path: string): SecretRef => ({
  store: 'vault',
  operation: 'read',
  path,
  parameters: {},
});

// vitest gives its matchers the type `any`, which the linter does not let into an object.
export const containing = (text: string): unknown => expect.stringContaining(text);
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
