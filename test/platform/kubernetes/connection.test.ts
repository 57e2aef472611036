import { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import type { KubernetesCall } from '#platform/kubernetes/call.ts';
import { createKubernetes, type Kubernetes } from '#platform/kubernetes/client.ts';
import { serveRaw, serveTls } from '../../agent/provider/http/faulty-server.ts';
import { containing } from '../../agent/provider/vault/fixtures.ts';
import { SteeredClock } from '../../agent/steered-clock.ts';
import { loopbackCertificate } from '../../servers/certificate.ts';
import { freePort } from '../../servers/port.ts';
import { answer, failureOf, NEVER, scriptedApi, type Step } from './scripted-api.ts';

const GET: KubernetesCall = { method: 'GET', path: '/api/v1/namespaces/ml/secrets/model-registry' };
const DOING = 'Cannot get secrets model-registry in ml';

const at = (address: string): Kubernetes =>
  createKubernetes({ address, token: () => 'the-token', clock: systemClock });

describe('a connection that fails', () => {
  test('is unreachable when refused, and passes', async () => {
    const address = `http://127.0.0.1:${await freePort()}`;
    await expect(at(address).request(GET, NEVER)).rejects.toMatchObject({
      reason: 'unreachable',
      transient: true,
      message: `${DOING}: no connection to ${address}: ECONNREFUSED`,
    });
  });

  test('is unreachable when cut within the answer', async () => {
    await using server = await serveRaw((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"kind":'));
    });
    await expect(at(server.address).request(GET, NEVER)).rejects.toMatchObject({ reason: 'unreachable' });
  });

  test('is told apart from something that does not speak HTTP', async () => {
    await using server = await serveRaw((socket) => {
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    });
    await expect(at(server.address).request(GET, NEVER)).rejects.toMatchObject({
      reason: 'invalid_response',
      message: containing('is not HTTP'),
    });
  });

  test('is unreachable when the authority is another, whatever the environment says', async () => {
    const { certPem: cert, keyPem: key } = await loopbackCertificate();
    const { caPem } = await loopbackCertificate();
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    try {
      await using api = await scriptedApi([answer(200, {})], { tls: { cert, key }, caPem });
      await expect(api.kubernetes.request(GET, NEVER)).rejects.toMatchObject({
        reason: 'unreachable',
        message: containing('its certificate is not trusted'),
      });
      expect(api.asked).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('is none with the right authority', async () => {
    const { certPem: cert, keyPem: key, caPem } = await loopbackCertificate();
    await using api = await scriptedApi([answer(200, { kind: 'Secret' })], { tls: { cert, key }, caPem });
    expect(await api.kubernetes.request(GET, NEVER)).toEqual({ kind: 'Secret' });
  });
});

describe('who asks', () => {
  test('is said by a certificate where there is no token', async () => {
    const { certPem, keyPem, caPem } = await loopbackCertificate();
    const client = await loopbackCertificate();
    const seen: unknown[] = [];
    const tls = { cert: certPem, key: keyPem, requestCert: true, rejectUnauthorized: false };
    await using server = await serveTls(tls, ({ socket, headers }, response) => {
      const peer = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
      seen.push([peer?.toString(), headers.authorization]);
      response.end('{}');
    });
    const kubernetes = createKubernetes({
      address: server.address,
      caPem,
      clientCertificate: client,
      token: () => '',
      clock: systemClock,
    });
    await kubernetes.request(GET, NEVER);
    await kubernetes.close();
    expect(seen).toEqual([[new X509Certificate(client.certPem).toString(), undefined]]);
  });

  test('is not told to a server whose certificate is for another name', async () => {
    const { certPem: cert, keyPem: key, caPem } = await loopbackCertificate();
    const tls = { cert, key };
    await using api = await scriptedApi([answer(200, {})], { tls, caPem, serverName: 'kubernetes' });
    await expect(api.kubernetes.request(GET, NEVER)).rejects.toMatchObject({ reason: 'unreachable' });
    expect(api.asked).toEqual([]);
    await using same = await scriptedApi([answer(200, {})], { tls, caPem, serverName: 'localhost' });
    expect(await same.kubernetes.request(GET, NEVER)).toEqual({});
  });
});

test('of a cluster behind a gateway, every path begins with the cluster’s', async () => {
  await using api = await scriptedApi([answer(200, {})]);
  const address = `${api.address}/k8s/clusters/c-1/`;
  const kubernetes = createKubernetes({ address, token: () => 'the-token', clock: systemClock });
  await kubernetes.request(GET, NEVER);
  await kubernetes.close();
  expect(api.asked.map(({ path }) => path)).toEqual([`/k8s/clusters/c-1${GET.path}`]);
});

describe('the deadline', () => {
  test('ends a request that nobody answers, after ten seconds if it says nothing else', async () => {
    const clock = new SteeredClock();
    await using api = await scriptedApi([() => undefined], { clock });
    let ended = false;
    const failure = failureOf(api.kubernetes.request(GET, NEVER)).finally(() => (ended = true));
    await vi.waitFor(() => expect(api.asked).toHaveLength(1));
    await clock.advance(9999);
    expect(ended).toBe(false);
    await clock.advance(1);
    expect(await failure).toMatchObject({
      reason: 'timeout',
      transient: true,
      message: `${DOING}: no whole answer of ${api.address} in time`,
    });
  });

  test('covers the body, however slowly it drips', async () => {
    const drip: Step = (response) => {
      response.writeHead(200).write('{');
      const dripping = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(dripping));
    };
    await using api = await scriptedApi([drip]);
    await expect(api.kubernetes.request({ ...GET, timeoutMs: 150 }, NEVER)).rejects.toMatchObject({
      reason: 'timeout',
    });
  });

  test('counts while a connection is waited for', async () => {
    await using api = await scriptedApi([() => undefined]);
    const failures = await Promise.all(
      Array.from({ length: 9 }, () => failureOf(api.kubernetes.request({ ...GET, timeoutMs: 200 }, NEVER))),
    );
    for (const failure of failures) expect(failure).toMatchObject({ reason: 'timeout' });
    expect(api.asked.length).toBeLessThanOrEqual(8);
  });

  test('leaves a connection that works for the next request', async () => {
    await using api = await scriptedApi([() => undefined, answer(200, {})]);
    await expect(api.kubernetes.request({ ...GET, timeoutMs: 50 }, NEVER)).rejects.toMatchObject({
      reason: 'timeout',
    });
    expect(await api.kubernetes.request(GET, NEVER)).toEqual({});
  });
});

describe('cancellation', () => {
  test('sends nothing when aborted beforehand', async () => {
    await using api = await scriptedApi([answer(200, {})]);
    const reason = new Error('shutting down');
    await expect(api.kubernetes.request(GET, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(api.connections()).toBe(0);
  });

  test('ends a request on its way with the reason of the signal', async () => {
    await using api = await scriptedApi([() => undefined]);
    const controller = new AbortController();
    const reason = new Error('shutting down');
    const failure = failureOf(api.kubernetes.request(GET, controller.signal));
    await vi.waitFor(() => expect(api.asked).toHaveLength(1));
    controller.abort(reason);
    expect(await failure).toBe(reason);
  });

  test('closing ends what is on its way', async () => {
    await using api = await scriptedApi([() => undefined]);
    const failure = failureOf(api.kubernetes.request(GET, NEVER));
    await vi.waitFor(() => expect(api.asked).toHaveLength(1));
    await api.kubernetes.close();
    expect(await failure).toMatchObject({ reason: 'unreachable' });
    await expect(api.kubernetes.request(GET, NEVER)).rejects.toMatchObject({ reason: 'unreachable' });
  });
});
