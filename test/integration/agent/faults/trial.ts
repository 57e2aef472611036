import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { eventually } from '../../../servers/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../../../servers/fault-proxy.ts';
import type { OpenBaoServer } from '../../../servers/openbao.ts';
import { openStoreFront, type StoreFront } from '../../../servers/store-front.ts';
import { Pod } from '../stage.ts';
import { Onlooker } from './onlooker.ts';
import type { FaultRow } from './table.ts';

/** What is between an agent and its store. */
export interface Way {
  /** Nearest to the agent. */
  readonly proxy: FaultProxy;
  /** Behind it. */
  readonly front: StoreFront;
}

/** How a fault is made and taken back. */
export interface Fault {
  begin(way: Way): Promise<void>;
  end(way: Way): Promise<void>;
}

/** When a fault comes: with the first request, with the first read, in steady life, or with a renewal of the token. */
export const PHASES = ['login', 'first read', 'steady life', 'renewal'] as const;
export type Phase = (typeof PHASES)[number];

/** Requests that begin a phase. */
const OPENINGS: Readonly<Partial<Record<Phase, RegExp>>> = {
  login: /^auth\/kubernetes\/login$/u,
  'first read': /^secret\/data\//u,
  renewal: /^auth\/token\/renew-self$/u,
};

/** How long a fault lasts once it was noticed: several attempts. */
const HOLD_MS = 2000;

/** Longer than the longest pause between two attempts. */
const PATIENCE_MS = 60_000;

/** Slow machines are slow; faults of time are found by it. */
const TIMEOUT_MS = 1500;

/** A role whose tokens are renewed every three seconds. */
export const BRIEF_ROLE = { ttl: '6s', maxTtl: '1h' } as const;

/**
 * One agent of its own that meets one fault in one phase of its life; checks what the application saw of it, and what tells
 * the operator.
 */
export async function expectSurvival(
  bao: OpenBaoServer,
  { begin, end }: Fault,
  row: FaultRow,
  phase: Phase,
): Promise<void> {
  const path = `secret/data/ml/${randomUUID()}`;
  const write = (key: string): Promise<unknown> => bao.api('POST', path, { data: { key } });
  await write('before');
  await using front = await openStoreFront(bao.address);
  await using proxy = await startFaultProxy(front.url);
  const way = { front, proxy };
  await using pod = await Pod.create(
    { address: `http://127.0.0.1:${proxy.port}` },
    {
      templates: { key: `{{ with secret "${path}" }}{{ .Data.data.key }}{{ end }}` },
      vault: { timeoutMs: TIMEOUT_MS },
    },
  );
  await using onlooker = new Onlooker(pod, 'key');
  const opening = OPENINGS[phase];
  if (opening !== undefined) front.meet(opening, () => begin(way));
  const agent = pod.start('run');
  if (phase === 'steady life' || phase === 'renewal') await pod.ready(PATIENCE_MS);
  if (opening === undefined) await begin(way);
  await eventually(`${row.reason} to be counted`, PATIENCE_MS, async () => {
    expect(await pod.metric(`sidekey_agent_store_errors_total{reason="${row.reason}"}`)).toBeGreaterThan(0);
  });
  await write('after');
  await sleep(HOLD_MS);
  expect(onlooker.contents).toEqual(opening === undefined || phase === 'renewal' ? ['before'] : []);
  await end(way);
  await eventually('the new value', PATIENCE_MS, async () => expect(await pod.read('key')).toBe('after'));
  expect(onlooker.contents.filter((content) => content !== 'after')).toEqual(
    opening === undefined || phase === 'renewal' ? ['before'] : [],
  );
  expect([...onlooker.unread, ...onlooker.unready]).toEqual([]);
  expect([agent.exitCode, agent.signalCode]).toEqual([null, null]);
  expect(pod.output).toContain(row.log);
}
