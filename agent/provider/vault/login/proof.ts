import { readFileSync } from 'node:fs';
import { ProviderError } from '../../errors.ts';

/** A file that the agent logs in with. */
export interface ProofFile {
  readonly file: string;
  /** Completes "Cannot read …". */
  readonly what: string;
  /** What to do if it cannot be read, or holds nothing. */
  readonly advice: string;
}

/**
 * What the file holds, without the white space around it.
 *
 * @throws {ProviderError} `login_refused` if it cannot be read or is empty.
 */
export async function readProof(proof: ProofFile): Promise<string> {
  const text = await readText(proof);
  if (text === '') throw unreadable(proof, 'it is empty');
  return text;
}

/** The same where the file need not be there: undefined if it is not, or is empty. */
export async function readProofIfThere(proof: ProofFile): Promise<string | undefined> {
  const text = await readText(proof, 'ENOENT');
  return text === '' ? undefined : text;
}

async function readText(proof: ProofFile, tolerated?: string): Promise<string> {
  try {
    return readFileSync(proof.file, 'utf8').trim();
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === tolerated && tolerated !== undefined) return '';
    throw unreadable(proof, String(code));
  }
}

const unreadable = ({ file, what, advice }: ProofFile, fact: string): ProviderError =>
  new ProviderError('login_refused', `Cannot read the ${what} ${file}: ${fact}; ${advice}`);
