import { randomUUID } from 'node:crypto';
import type { Api } from './openbao.ts';
import type { Postgres } from './postgres.ts';

/** Logins of PostgreSQL that live as long as their leases. */
export interface LeasedLogins {
  /** The names of those that exist now, in the order they were made. */
  users(): Promise<readonly string[]>;
}

export interface LeaseTerms {
  /** Such as `6s`. */
  readonly ttl: string;
  readonly maxTtl: string;
  /** Each makes logins of its own; `app` alone if nothing else is said. */
  readonly roles?: readonly string[];
}

/** What is read for a login. */
export const CREDENTIALS_PATH = 'database/creds/app';

/**
 * Mounts OpenBao's database engine at `database/` with roles: each read of `database/creds/<role>` makes a login that
 * PostgreSQL refuses once its lease is over, renewable.
 */
export async function mountDatabase(
  api: Api,
  { url, query }: Pick<Postgres, 'url' | 'query'>,
  { ttl, maxTtl, roles = ['app'] }: LeaseTerms,
): Promise<LeasedLogins> {
  // Whose members the logins are, so that each mount finds its own.
  const group = `app-${randomUUID()}`;
  await query(`CREATE ROLE "${group}" NOLOGIN`);
  const { username, password, host } = new URL(url);
  await api('POST', 'sys/mounts/database', { type: 'database' });
  await api('POST', 'database/config/postgres', {
    plugin_name: 'postgresql-database-plugin',
    connection_url: `postgresql://{{username}}:{{password}}@${host}/postgres?sslmode=disable`,
    username,
    password,
    allowed_roles: roles,
  });
  for (const role of roles)
    await api('POST', `database/roles/${role}`, {
      db_name: 'postgres',
      creation_statements: [
        `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE "${group}"`,
      ],
      revocation_statements: ['DROP ROLE IF EXISTS "{{name}}"'],
      default_ttl: ttl,
      max_ttl: maxTtl,
    });
  return { users: () => membersOf(group, query) };
}

async function membersOf(group: string, query: Postgres['query']): Promise<readonly string[]> {
  const rows = await query<{ rolname: string }>(
    `SELECT rolname FROM pg_roles JOIN pg_auth_members ON member = pg_roles.oid
     WHERE roleid = (SELECT oid FROM pg_roles WHERE rolname = $1) ORDER BY pg_roles.oid`,
    [group],
  );
  return rows.map(({ rolname }) => rolname);
}
