import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Admin, type AdminSource, listen, serveAdmin } from '../../platform/admin.ts';

const FIT: AdminSource = {
  metrics: () => Promise.resolve('up 1\n'),
  sick: () => undefined,
  unready: () => undefined,
};

async function started(source: Partial<AdminSource> = {}, address = '127.0.0.1'): Promise<Admin> {
  const admin = await serveAdmin({ ...FIT, ...source }, 0, address);
  onTestFinished(() => admin.close());
  return admin;
}

async function ask(admin: Admin, path: string, method = 'GET', host = '127.0.0.1'): Promise<unknown> {
  const response = await fetch(`http://${host}:${admin.port}${path}`, { method });
  return { status: response.status, body: await response.text(), type: response.headers.get('content-type') };
}

const TEXT = 'text/plain; charset=utf-8';

describe('the routes', () => {
  test('/metrics shows the exposition', async () => {
    expect(await ask(await started(), '/metrics')).toEqual({
      status: 200,
      body: 'up 1\n',
      type: 'text/plain; version=0.0.4; charset=utf-8',
    });
  });

  test.each(['/healthz', '/readyz', '/readyz?verbose=1'])('%s says ok', async (path) => {
    expect(await ask(await started(), path)).toEqual({ status: 200, body: 'ok\n', type: TEXT });
  });

  test('/readyz says why the process is not ready, which does not make it sick', async () => {
    const admin = await started({ unready: () => 'Cannot log in: the role is unknown' });
    expect(await ask(admin, '/readyz')).toEqual({
      status: 503,
      body: 'Cannot log in: the role is unknown\n',
      type: TEXT,
    });
    expect(await ask(admin, '/healthz')).toMatchObject({ status: 200 });
  });

  test('/healthz says what the process suffers from', async () => {
    const admin = await started({ sick: () => 'The loop stands still' });
    expect(await ask(admin, '/healthz')).toMatchObject({ status: 503, body: 'The loop stands still\n' });
  });

  test('/healthz is fine where nobody has an opinion', async () => {
    const { metrics, unready } = FIT;
    const admin = await serveAdmin({ metrics, unready }, 0, '127.0.0.1');
    onTestFinished(() => admin.close());
    expect(await ask(admin, '/healthz')).toMatchObject({ status: 200 });
  });

  test.each(['/', '/metrics/', '/readyz/../metrics/x', '/debug', '/metrics%2f'])(
    '%s is none',
    async (path) => {
      expect(await ask(await started(), path)).toMatchObject({ status: 404 });
    },
  );

  test('/metrics that cannot be collected is an error without details, and the next request is answered', async () => {
    const admin = await started({ metrics: () => Promise.reject(new Error('canary')) });
    expect(await ask(admin, '/metrics')).toEqual({
      status: 500,
      body: 'Cannot collect the metrics\n',
      type: TEXT,
    });
    expect(await ask(admin, '/readyz')).toMatchObject({ status: 200 });
  });
});

describe('the methods', () => {
  test('HEAD gives the head alone', async () => {
    expect(await ask(await started(), '/metrics', 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])(
    '%s is refused with those that are allowed',
    async (method) => {
      const admin = await started();
      const response = await fetch(`http://127.0.0.1:${admin.port}/metrics`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
    },
  );
});

describe('the listener', () => {
  test('answers on IPv4 and IPv6 unless told otherwise', async () => {
    const admin = await serveAdmin(FIT, 0);
    onTestFinished(() => admin.close());
    expect(await ask(admin, '/readyz', 'GET', '127.0.0.1')).toMatchObject({ status: 200 });
    expect(await ask(admin, '/readyz', 'GET', '[::1]')).toMatchObject({ status: 200 });
  });

  test('answers only on the address it was given', async () => {
    const admin = await started({}, '127.0.0.1');
    await expect(fetch(`http://127.0.0.2:${admin.port}/readyz`)).rejects.toThrow('fetch failed');
  });

  test('says so if the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(serveAdmin(FIT, port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('says so if the address is none of this machine', async () => {
    await expect(listen(createHttpServer(), 0, '192.0.2.1')).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  test('closes at once though a client is waiting for an answer', async () => {
    const asked = Promise.withResolvers<undefined>();
    const admin = await started({
      metrics: () => {
        asked.resolve(undefined);
        return new Promise(() => undefined);
      },
    });
    const client = connect(admin.port, '127.0.0.1');
    client.write('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n');
    await asked.promise;
    await Promise.all([admin.close(), once(client, 'close')]);
    await expect(fetch(`http://127.0.0.1:${admin.port}/readyz`)).rejects.toThrow('fetch failed');
  });
});
