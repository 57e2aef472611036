import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../servers/eventually.ts';
import { Admission } from './admission-stage.ts';
import { agentOf, ASKS } from './pods.ts';

const SLOW_MS = 90_000;
/** As many requests as an injector takes at one time. */
const MOST = 512;
const HALF = [
  'POST /mutate HTTP/1.1',
  'host: a',
  'content-type: application/json',
  'content-length: 2',
  '',
  '{',
].join('\r\n');

let stage: Admission;

beforeAll(async () => {
  stage = await Admission.start('sidekey-test-busy');
  const patch = JSON.stringify([{ op: 'replace', path: '/webhooks/0/timeoutSeconds', value: 30 }]);
  for (const name of ['00-sidekey', 'zz-sidekey'])
    await stage.cluster.kubectl(['patch', 'mutatingwebhookconfiguration', name, '--type=json', '-p', patch]);
}, SLOW_MS);

afterAll(() => stage[Symbol.asyncDispose]());

/** Holds a place among the requests until it is destroyed, or for as long as a request may take. */
async function halfRequest(): Promise<TLSSocket> {
  const { port, certificate } = stage.injector;
  const socket = connect({ host: '127.0.0.1', port, ca: certificate.caPem });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  socket.write(HALF);
  return socket;
}

test(
  'an API server that comes while there are too many requests comes again, and the pod is made',
  async () => {
    const held: TLSSocket[] = [];
    while (held.length < MOST) held.push(...(await Promise.all(Array.from({ length: 64 }, halfRequest))));
    await eventually('all of them', SLOW_MS, async () => {
      expect(await stage.injector.metric('sidekey_injector_inflight_requests')).toBe(MOST);
    });
    const made = stage.create({ annotations: ASKS }, '--dry-run=server');
    await eventually('a refusal', SLOW_MS, async () => {
      const series = 'sidekey_injector_requests_total{result="refused",reason="busy"}';
      expect(await stage.injector.metric(series)).toBeGreaterThan(0);
    });
    for (const socket of held) socket.destroy();
    expect(agentOf(await made)).toBeDefined();
  },
  SLOW_MS,
);
