import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveWebhook, type Webhook } from '../../../injector/server/https.ts';
import type { ServerCertificate } from '../../../deploy/kubernetes/certificate.ts';
import { loopbackCertificate } from '../../servers/certificate.ts';
import { call } from './client.ts';

const SLOW_MS = 60_000;
const HEAD = 'POST /mutate HTTP/1.1\r\nhost: sidekey\r\ncontent-type: application/json\r\n';

let certificate: ServerCertificate;
let webhook: Webhook;

beforeAll(async () => {
  certificate = await loopbackCertificate();
  webhook = await serveWebhook({
    address: '127.0.0.1',
    port: 0,
    keyPair: certificate,
    answer: () => '{"answered":true}',
    refused: () => undefined,
  });
});

afterAll(() => webhook.close(0));

/** All that comes back for these bytes, and then for one more now and then, until the server ends the connection. */
async function exchange(bytes: string, drip = ''): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: webhook.port, ca: certificate.caPem });
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  // That the last byte meets a closed connection is as it should be.
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  socket.write(bytes);
  const dripping = setInterval(() => socket.write(drip), 200);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(dripping);
  return received;
}

describe.concurrent('whoever is slow', () => {
  test.each([
    ['a head', HEAD],
    ['a body', `${HEAD}content-length: 100\r\n\r\n{`],
    ['nothing at all', ''],
  ])(
    'and begins %s to go on to nothing is told that it took too long',
    async (_, bytes) => {
      const answer = await exchange(bytes);
      expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nconnection: close/u);
      expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({
        kind: 'Status',
        code: 408,
      });
    },
    SLOW_MS,
  );

  test.each([
    ['a head', `${HEAD}x: `],
    ['a body', `${HEAD}content-length: 1000\r\n\r\n`],
  ])(
    'and brings %s byte by byte is cut off in the end',
    async (_, bytes) => {
      expect(await exchange(bytes, 'x')).not.toContain('200');
    },
    SLOW_MS,
  );

  test(
    'and shakes no hands is cut off',
    async () => {
      const plain = connectPlain(webhook.port, '127.0.0.1');
      plain.on('error', () => undefined).resume();
      await once(plain, 'close');
      const { port } = webhook;
      expect(await call({ port, caPem: certificate.caPem, body: '{}' })).toMatchObject({ status: 200 });
    },
    SLOW_MS,
  );
});

test('whoever sends requests before they are answered gets all answers', async () => {
  const one = `${HEAD}content-length: 2\r\n\r\n{}`;
  const last = one.replace('content-type', 'connection: close\r\ncontent-type');
  const answer = await exchange(one + one + last);
  expect(answer.match(/HTTP\/1\.1 200/gu)).toHaveLength(3);
});
