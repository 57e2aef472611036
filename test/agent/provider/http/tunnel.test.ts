import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { VaultStore } from '#contract/agent-config.ts';
import { createTransport } from '../../../../agent/provider/http/transport.ts';
import { makeServerCertificate } from '../../../../deploy/kubernetes/certificate.ts';
import { loopbackCertificate } from '../../../servers/certificate.ts';
import { startConnectProxy } from '../../../servers/connect-proxy.ts';
import { freePort } from '../../../servers/port.ts';
import { matching } from '../vault/fixtures.ts';
import { serveRaw, serveTls, storeAt } from './faulty-server.ts';

const NEVER = new AbortController().signal;

const ask = async (store: VaultStore, signal = NEVER): Promise<number> => {
  const request = { uri: `${store.address}/v1/a`, method: 'GET', headers: {}, signal };
  return (await createTransport(store, () => 0)(request)).status;
};

const wellDisposed = (_: IncomingMessage, response: ServerResponse): void => void response.end('{}');

describe('a store behind a proxy', () => {
  test('is reached by it, and knows its own certificate', async () => {
    const certificate = await loopbackCertificate();
    await using server = await serveTls({ cert: certificate.certPem, key: certificate.keyPem }, wellDisposed);
    await using proxy = await startConnectProxy();
    const store = { ...storeAt(server.address), caPem: certificate.caPem, proxy: proxy.address };
    expect(await ask(store)).toBe(200);
    expect(proxy.asked).toEqual([new URL(server.address).host]);
  });

  test('is not reached if the proxy refuses, or is not there', async () => {
    await using proxy = await startConnectProxy(403);
    const store = storeAt('https://vault.invalid:8200');
    await expect(ask({ ...store, proxy: proxy.address })).rejects.toMatchObject({ code: 'unreachable' });
    await expect(ask({ ...store, proxy: `http://127.0.0.1:${await freePort()}` })).rejects.toMatchObject({
      code: 'unreachable',
      message: matching(/ECONNREFUSED/u),
    });
  });

  test('is asked over no more connections than any other', async () => {
    const certificate = await loopbackCertificate();
    await using server = await serveTls({ cert: certificate.certPem, key: certificate.keyPem }, wellDisposed);
    await using proxy = await startConnectProxy();
    const store = { ...storeAt(server.address), caPem: certificate.caPem, proxy: proxy.address };
    const transport = createTransport({ ...store, maxConnections: 3 }, () => 0);
    const request = { uri: `${server.address}/v1/a`, method: 'GET', headers: {}, signal: NEVER };
    await Promise.all(Array.from({ length: 30 }, () => transport(request)));
    expect(proxy.asked.length).toBeLessThanOrEqual(3);
  });

  test('is not waited for without end if the proxy is silent', async () => {
    await using proxy = await serveRaw(() => undefined);
    const store = storeAt('https://vault.invalid:8200', { proxy: proxy.address, timeoutMs: 100 });
    await expect(ask(store)).rejects.toMatchObject({
      code: 'unreachable',
      message: matching(/by the proxy http:.*: ERR_PROXY_SILENT/u),
    });
  });

  test('is given up at once when the request is, though the proxy is silent', async () => {
    await using proxy = await serveRaw((socket) => socket.once('data', () => controller.abort(reason)));
    const controller = new AbortController();
    const reason = new Error('shutting down');
    const store = storeAt('https://vault.invalid:8200', { proxy: proxy.address, timeoutMs: 60_000 });
    await expect(ask(store, controller.signal)).rejects.toBe(reason);
  });

  test('without TLS is reached without it', async () => {
    await using proxy = await startConnectProxy();
    const store = storeAt(`http://127.0.0.1:${await freePort()}`);
    await expect(ask({ ...store, proxy: proxy.address })).rejects.toMatchObject({ code: 'unreachable' });
    expect(proxy.asked).toEqual([]);
  });
});

describe('the certificate of a store', () => {
  test('may be for another name than its address, if that is said', async () => {
    const certificate = await makeServerCertificate({ names: ['vault.example'], now: new Date(), days: 1 });
    await using server = await serveTls({ cert: certificate.certPem, key: certificate.keyPem }, wellDisposed);
    const store = { ...storeAt(server.address), caPem: certificate.caPem };
    expect(await ask({ ...store, serverName: 'vault.example' })).toBe(200);
    await expect(ask(store)).rejects.toMatchObject({ code: 'unreachable' });
    await expect(ask({ ...store, serverName: 'other.example' })).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  test('may be anybody’s, if that is said', async () => {
    const { certPem: cert, keyPem: key } = await loopbackCertificate();
    await using server = await serveTls({ cert, key }, wellDisposed);
    await expect(ask(storeAt(server.address))).rejects.toMatchObject({ code: 'unreachable' });
    expect(await ask({ ...storeAt(server.address), skipVerify: true })).toBe(200);
  });
});
