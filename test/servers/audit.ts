import { readFile } from 'node:fs/promises';

/** A line of the audit log. Values are HMACs, but accessors are in the clear so that tests can follow a token. */
export interface AuditEntry {
  readonly type: 'request' | 'response';
  readonly time: string;
  readonly error?: string;
  readonly auth?: {
    readonly accessor?: string;
    readonly display_name?: string;
    /** What the login's role takes from the token it was shown. */
    readonly metadata?: Readonly<Record<string, string>>;
  };
  readonly request: {
    readonly operation: string;
    readonly path: string;
    readonly remote_address?: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
  readonly response?: { readonly auth?: { readonly accessor?: string } };
}

/** The whole log so far, without a line that is still being written. */
export async function readAudit(file: string): Promise<readonly AuditEntry[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as AuditEntry);
}
