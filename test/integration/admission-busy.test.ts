import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, PATIENCE_MS } from '../servers/eventually.ts';
import { Admission } from './admission-stage.ts';
import { agentOf, ASKS } from './pods.ts';
import { reviewOf } from './review.ts';

/** As many requests as an injector takes at one time. */
const MOST = 512;
const AT_ONCE = 64;

const REVIEW = reviewOf({ metadata: {}, spec: { containers: [{ name: 'main', image: 'main' }] } });

/** A request with a part of its body. */
const request = (part: string): string =>
  [
    'POST /mutate HTTP/1.1',
    'host: a',
    'content-type: application/json',
    `content-length: ${REVIEW.length}`,
    '',
    part,
  ].join('\r\n');

const BUSY = 'sidekey_injector_requests_total{result="refused",reason="busy"}';

let stage: Admission;

beforeAll(async () => {
  stage = await Admission.start('sidekey-test-busy');
});

afterAll(() => stage[Symbol.asyncDispose]());

/** A connection on which a review was answered, and which is kept for the next: 90 s, where half a request is borne for 10 s. */
async function keptConnection(): Promise<TLSSocket> {
  const { port, certificate } = stage.injector;
  const socket = connect({ host: '127.0.0.1', port, ca: certificate.caPem });
  await once(socket, 'secureConnect');
  socket.write(request(REVIEW));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /u);
  return socket.on('error', () => undefined);
}

test('an API server that comes while there are too many requests comes again, and the pod is made', async () => {
  const kept: TLSSocket[] = [];
  while (kept.length < MOST)
    kept.push(...(await Promise.all(Array.from({ length: AT_ONCE }, keptConnection))));
  const before = await stage.injector.metric(BUSY);
  for (const socket of kept) socket.write(request('{'));
  await eventually('all of them', PATIENCE_MS, async () => {
    expect(await stage.injector.metric('sidekey_injector_inflight_requests')).toBe(MOST);
  });
  const made = stage.create({ annotations: ASKS }, '--dry-run=server');
  await eventually('a refusal', PATIENCE_MS, async () => {
    expect(await stage.injector.metric(BUSY)).toBeGreaterThan(before);
  });
  for (const socket of kept) socket.destroy();
  expect(agentOf(await made)).toBeDefined();
});
