import { parseJson } from '../../value/json.ts';
import { JsonNumber, type Value } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';

/** Where a dynamic secret is. */
export interface DynamicPlace {
  /** A slug: the API takes no id here. */
  readonly project: string;
  readonly environment: string;
  /** Absolute: `/` or `/a/b`. */
  readonly folder: string;
}

/** All that renewing and revoking a lease takes, after a restart of the agent, too. */
export interface LeaseKey extends DynamicPlace {
  readonly id: string;
  /** As long as it was granted for at first. */
  readonly ttlMs: number;
}

/** The key as the text by which the agent knows the lease. */
export const writeLeaseKey = ({ project, environment, folder, id, ttlMs }: LeaseKey): string =>
  JSON.stringify([project, environment, folder, id, ttlMs]);

/** @throws {ProviderError} `lease_gone` if no agent wrote it. */
export function readLeaseKey(text: string): LeaseKey {
  const parts = partsOf(text);
  const [project = '', environment = '', folder = '', id = ''] = parts.filter(
    (part) => typeof part === 'string',
  );
  const ttl = parts[4];
  if (id === '' || !(ttl instanceof JsonNumber))
    throw new ProviderError('lease_gone', 'Cannot go on with the lease: its id was not written by an agent');
  return { project, environment, folder, id, ttlMs: ttl.toNumber() };
}

function partsOf(text: string): readonly Value[] {
  try {
    const parts = parseJson(text);
    return Array.isArray(parts) ? (parts as readonly Value[]) : [];
  } catch {
    return [];
  }
}
