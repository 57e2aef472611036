import { randomUUID } from 'node:crypto';
import type { Folder } from './projects.ts';
import { Refusal } from './refusal.ts';
import { duration } from './validation.ts';

/** What leases are made from. */
export interface DynamicSecret {
  readonly id: string;
  readonly name: string;
  readonly folder: Folder;
  readonly type: string;
  defaultTtl: string;
  maxTtl: string | null;
}

interface Lease {
  readonly id: string;
  readonly secret: DynamicSecret;
  readonly createdAt: number;
  readonly config: unknown;
  expiresAt: number;
  updatedAt: number;
  status: string | null;
}

const iso = (at: number): string => new Date(at).toISOString();

/**
 * Dynamic secrets where there is a licence, by the server's own schemas and service: nobody has recorded them. A renewal
 * adds to the end and is never cut; a lease lives on when the token that made it is gone.
 */
export class Leases {
  /** True: leases can be deleted, but the credentials behind them cannot. */
  sticky = false;
  readonly #secrets: DynamicSecret[] = [];
  readonly #leases = new Map<string, Lease>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  define(folder: Folder, given: Partial<DynamicSecret> & { readonly name: string }): DynamicSecret {
    const terms = { type: 'sql-database', defaultTtl: '1h', maxTtl: '24h' };
    const secret = { id: randomUUID(), folder, ...terms, ...given };
    this.#secrets.push(secret);
    return secret;
  }

  /** Ids of the leases that have not ended. */
  get living(): string[] {
    for (const [id, { expiresAt }] of this.#leases) if (expiresAt <= this.#now()) this.#leases.delete(id);
    return [...this.#leases.keys()];
  }

  /** Milliseconds that a lease has left. */
  left(id: string): number {
    return (this.#leases.get(id)?.expiresAt ?? 0) - this.#now();
  }

  create({ folder, path }: At, name: string, { ttl, config }: Wish): object {
    const secret = this.#secrets.find((one) => one.folder === folder && one.name === name.toLowerCase());
    if (!secret) throw new Refusal('unknown_dynamic_secret', name, path);
    const now = this.#now();
    const expiresAt = now + duration(ttl ?? secret.defaultTtl);
    if (secret.maxTtl !== null && expiresAt > now + duration(secret.maxTtl))
      throw new Refusal('lease_too_long');
    const id = randomUUID();
    const lease = { id, secret, createdAt: now, updatedAt: now, config, expiresAt, status: null };
    this.#leases.set(id, lease);
    const data = { DB_USERNAME: `user-${id.slice(0, 8)}`, DB_PASSWORD: randomUUID() };
    return { lease: tell(lease), dynamicSecret: tellSecret(secret), data };
  }

  renew(at: At, id: string, ttl: string | undefined): object {
    const lease = this.#find(at, id);
    const { secret, createdAt } = lease;
    const expiresAt = lease.expiresAt + duration(ttl ?? secret.defaultTtl);
    if (secret.maxTtl !== null && expiresAt > createdAt + duration(secret.maxTtl))
      throw new Refusal('renewal_too_long');
    Object.assign(lease, { expiresAt, updatedAt: this.#now() });
    return { lease: tell(lease) };
  }

  get(at: At, id: string): object {
    const lease = this.#find(at, id);
    return { lease: { ...tell(lease), dynamicSecret: tellSecret(lease.secret) } };
  }

  revoke(at: At, id: string): object {
    const lease = this.#find(at, id);
    lease.status = this.sticky ? 'Failed to delete' : null;
    if (!this.sticky) this.#leases.delete(id);
    return { lease: tell(lease) };
  }

  #find({ folder }: At, id: string): Lease {
    const lease = this.living.includes(id) ? this.#leases.get(id) : undefined;
    if (lease?.secret.folder === folder) return lease;
    throw new Refusal('unknown_lease', id);
  }
}

/** The folder that a request names. */
interface At {
  readonly folder: Folder;
  readonly path: string;
}

interface Wish {
  readonly ttl: string | undefined;
  readonly config: unknown;
}

function tell({ id, secret, createdAt, updatedAt, config, expiresAt, status }: Lease): object {
  return {
    id,
    version: 1,
    externalEntityId: `user-${id.slice(0, 8)}`,
    expireAt: iso(expiresAt),
    status,
    statusDetails: null,
    dynamicSecretId: secret.id,
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    config: config ?? null,
  };
}

function tellSecret({ id, name, type, defaultTtl, maxTtl, folder }: DynamicSecret): object {
  const terms = { defaultTTL: defaultTtl, maxTTL: maxTtl };
  return { id, name, version: 1, type, ...terms, folderId: folder.id, status: null, statusDetails: null };
}
