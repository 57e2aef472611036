import { createServer } from 'node:http';
import { listen } from '#platform/admin.ts';

/** @throws {Error} If something listens there already. */
export async function demandFreePort(port: number, what: string): Promise<void> {
  const server = createServer();
  try {
    await listen(server, port, '0.0.0.0');
  } catch {
    throw new Error(
      `Cannot start ${what}: port ${port} is taken. End what listens there (ss -ltnp 'sport = :${port}' names it)`,
    );
  }
  await new Promise((resolve) => server.close(resolve));
}
