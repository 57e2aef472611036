import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loopbackCertificate } from '../servers/certificate.ts';
import { Injector } from '../servers/injector.ts';
import { call, type Reply } from '../injector/server/client.ts';
import { reviewOf } from './review.ts';

let injector: Injector;

beforeAll(async () => {
  injector = await Injector.prepare();
});

afterAll(async () => {
  await injector[Symbol.asyncDispose]();
});

const REVIEW = reviewOf({
  metadata: {
    name: 'inference-pod',
    annotations: {
      'vault.hashicorp.com/agent-inject': 'true',
      'vault.hashicorp.com/role': 'ml-inference',
      'vault.hashicorp.com/agent-inject-secret-api': 'secret/data/ml/api-key',
    },
  },
  spec: { containers: [{ name: 'model-server', image: 'nvcr.io/nvidia/cuda:12.0-base' }] },
});

const send = (body: string | Buffer, caPem = injector.certificate.caPem): Promise<Reply> =>
  call({ port: injector.port, caPem, body });

test('it is alive but not ready until the certificate is there, and says why', async () => {
  injector.launch();
  await expect.poll(async () => (await injector.ask('/healthz')).status).toBe(200);
  const { status, body } = await injector.ask('/readyz');
  expect(status).toBe(503);
  expect(body).toContain('tls.crt: ENOENT');
  await injector.writeCertificate();
  await expect.poll(async () => (await injector.ask('/readyz')).status).toBe(200);
});

test('it does not run as root', async () => {
  const status = await readFile(`/proc/${injector.pid}/status`, 'utf8');
  const [, ...uids] = /^Uid:\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)$/mu.exec(status) ?? [];
  expect(uids).toHaveLength(4);
  expect(uids).not.toContain('0');
  expect(status).toMatch(/^CapEff:\s+0+$/mu);
});

test('broken and oversized reviews get 4xx with a text, and the next one is answered', async () => {
  expect(await send('')).toMatchObject({ status: 400 });
  expect(await send('{')).toMatchObject({ status: 400 });
  const foreign = await send('{"kind":"Pod"}');
  expect(foreign.status).toBe(400);
  expect(JSON.parse(foreign.body)).toMatchObject({
    message: expect.stringMatching(/AdmissionReview/u) as string,
  });
  expect(await send(Buffer.alloc(9 * 1024 * 1024, ' '))).toMatchObject({ status: 413 });
  expect(await send('['.repeat(1_000_000))).toMatchObject({ status: 400 });
  const good = await send(REVIEW);
  expect(good.status).toBe(200);
  expect(JSON.parse(good.body)).toMatchObject({ response: { uid: 'uid-1', allowed: true } });
});

test('the metrics show what became of the requests, and hold no name from a pod', async () => {
  expect(await injector.metric('sidekey_injector_requests_total{result="injected",reason="run"}')).toBe(1);
  expect(await injector.metric('sidekey_injector_requests_total{result="refused",reason="too_large"}')).toBe(
    1,
  );
  expect(await injector.metric('sidekey_injector_patch_bytes_count')).toBe(1);
  expect(await injector.metric('sidekey_injector_inflight_requests')).toBe(0);
  expect(await injector.metric('sidekey_injector_cert_not_after_timestamp_seconds')).toBe(
    injector.certificate.notAfter.getTime() / 1000,
  );
  const { body } = await injector.ask('/metrics');
  expect(body).not.toMatch(/ml-inference|inference-pod|api-key/u);
  expect(injector.output).not.toMatch(/ml-inference|api-key|cuda/u);
});

test('a certificate that the kubelet swaps is served to new connections without a restart', async () => {
  const next = await loopbackCertificate();
  const before = injector.pid;
  await injector.writeCertificate(next);
  await expect.poll(() => send(REVIEW, next.caPem)).toMatchObject({ status: 200 });
  const expiry = await injector.metric('sidekey_injector_cert_not_after_timestamp_seconds');
  expect(expiry).toBe(next.notAfter.getTime() / 1000);
  expect(injector.pid).toBe(before);
  await injector.writeCertificate({ ...next, certPem: 'broken' });
  await expect.poll(() => injector.output).toContain('Kept the old certificate');
  expect(await send(REVIEW, next.caPem)).toMatchObject({ status: 200 });
});

test('asked to end it becomes unready, still answers for a while, and exits with 0', async () => {
  expect(await injector.stop()).toBe(0);
  await using slow = await Injector.prepare({ SIDEKEY_DRAIN_DELAY: '10s' });
  await slow.writeCertificate();
  await slow.start();
  const ended = slow.stop();
  await expect.poll(async () => (await slow.ask('/readyz')).status).toBe(503);
  const reply = await call({ port: slow.port, caPem: slow.certificate.caPem, body: REVIEW });
  expect(reply).toMatchObject({ status: 200, headers: { connection: 'close' } });
  expect(await ended).toBe(0);
});

test('asked to end while it starts, it ends', async () => {
  await using early = await Injector.prepare();
  await early.writeCertificate();
  early.launch();
  await expect.poll(() => early.output).toContain('Replaced the certificate');
  expect(await early.stop()).toBe(0);
});

test('a wrong environment exits with 2 and names every variable', async () => {
  await using wrong = await Injector.prepare({ SIDEKEY_POLL: 'soon', SIDEKEY_AGENT_IMAGE: '' });
  wrong.launch();
  await expect.poll(() => wrong.output).toContain('SIDEKEY_POLL');
  expect(wrong.output).toContain('SIDEKEY_AGENT_IMAGE');
  expect(await wrong.ended()).toBe(2);
});
