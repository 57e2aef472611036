import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { certificatesIn } from '#platform/certificates.ts';
import { ProviderError } from '../errors.ts';
import type { Endpoint } from './connection-error.ts';

/** Who has to have signed a store's certificate. */
export interface Authority {
  /** Where that is said, if a file says it. */
  readonly file?: string;
  /**
   * PEM certificates to trust instead of the system's; undefined where the system's are meant.
   *
   * @throws {ProviderError} If the file has held none yet: the system's are no substitute.
   */
  trusted(): string | undefined;
  /** Reads the file again. One that is no good changes nothing. */
  reload(): Reloaded;
  /** Why what the file holds now is not what is trusted; undefined if it is. For a person; nothing of the file is in it. */
  problem(): string | undefined;
}

export type Reloaded = 'unchanged' | 'replaced' | 'refused';

/** Of one store. A file is read when it is first asked for, and kept until `reload` finds a better one. */
export function createAuthority({ caPem, caFile }: Pick<Endpoint, 'caPem' | 'caFile'>): Authority {
  if (caFile === undefined)
    return { trusted: () => caPem, reload: () => 'unchanged', problem: () => undefined };
  let trusted: string | undefined;
  let problem: string | undefined;
  const reload = (): Reloaded => {
    const found = read(caFile);
    problem = found.problem;
    if (found.pem === undefined) return 'refused';
    const before = trusted;
    trusted = found.pem;
    return before === undefined || before === trusted ? 'unchanged' : 'replaced';
  };
  return {
    file: caFile,
    trusted() {
      if (trusted === undefined) reload();
      if (trusted === undefined)
        throw new ProviderError('unreachable', `Cannot tell whom to trust: ${problem ?? 'unknown error'}`);
      return trusted;
    },
    reload,
    problem: () => problem,
  };
}

interface Found {
  readonly pem?: string;
  readonly problem?: string;
}

/** Of a directory, all that is in it; what begins with a dot is the volume's own. */
function readText(place: string): string {
  if (!statSync(place).isDirectory()) return readFileSync(place, 'utf8');
  const names = readdirSync(place).filter((name) => !name.startsWith('.'));
  const files = names.toSorted().map((name) => join(place, name));
  return files
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

function read(file: string): Found {
  try {
    const pem = certificatesIn(readText(file));
    if (pem !== undefined) return { pem };
    return { problem: `${file} holds no certificate in PEM form, or one that is broken` };
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    return { problem: `${file} cannot be read (${String(code)}); mount a Secret or a ConfigMap there` };
  }
}
