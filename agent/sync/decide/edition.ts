import { createHash } from 'node:crypto';
import { STATUS_KEYS } from '#contract/secret-sync.ts';
import type { LiveSecret } from './live-secret.ts';

/** The values of a Secret at some time, and the version that stands for them. */
export interface Edition {
  readonly version: number;
  /** Of the values: kept in memory alone, for it would tell a short one. */
  readonly digest: string;
}

/**
 * The edition that some values are. They get a new version unless they are those of the last one, which is what is put back after
 * somebody emptied the Secret or took the annotation away: something may hang a rollout on the version. A replica that has
 * just begun to lead knows no last one.
 */
export function editionOf(
  { annotations }: LiveSecret,
  next: ReadonlyMap<string, string>,
  { last, changes }: { readonly last: Edition | undefined; readonly changes: boolean },
): Edition {
  const written = /^\d{1,15}$/u.exec(annotations[STATUS_KEYS.version] ?? '')?.[0] ?? '0';
  const version = Math.max(Number(written), last?.version ?? 0);
  const digest = createHash('sha256')
    .update(JSON.stringify([...next]))
    .digest('base64');
  return { version: changes && digest !== last?.digest ? version + 1 : version, digest };
}
