import pg from 'pg';
import type { Postgres } from './postgres.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/**
 * Logs in to PostgreSQL with nothing but these, over a connection of its own, so that it is now that the database decides;
 * gives whom it says that it serves.
 */
export async function logIn({ url }: Pick<Postgres, 'url'>, { username, password }: Login): Promise<string> {
  const { hostname, port } = new URL(url);
  const place = { host: hostname, port: Number(port), database: 'postgres' };
  const client = new pg.Client({ ...place, user: username, password });
  await client.connect();
  try {
    const { rows } = await client.query<{ user: string }>('SELECT session_user::text AS user');
    return rows[0]?.user ?? '';
  } finally {
    await client.end();
  }
}
