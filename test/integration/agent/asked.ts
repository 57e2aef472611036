import { expect } from 'vitest';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import type { OpenBaoServer } from '../../servers/openbao.ts';

type Audited = Pick<OpenBaoServer, 'audit'>;

/** How often a path was asked for. */
export async function requestsOf(bao: Audited, path: string): Promise<number> {
  const audit = await bao.audit();
  return audit.filter(({ type, request }) => type === 'request' && request.path === path).length;
}

/** Waits until what is polled has been read so many times more. */
export async function awaitTurns(bao: Audited, path: string, more: number): Promise<void> {
  const before = await requestsOf(bao, path);
  await eventually(`${more} reads of ${path}`, PATIENCE_MS, async () =>
    expect(await requestsOf(bao, path)).toBeGreaterThanOrEqual(before + more),
  );
}
