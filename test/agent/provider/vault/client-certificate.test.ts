import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { createClient } from '../../../../agent/provider/vault/client.ts';
import { loopbackCertificate, writeCertificate } from '../../../servers/certificate.ts';
import { type FaultyServer, serveTls, storeAt } from '../http/faulty-server.ts';

const NEVER = new AbortController().signal;

/** The fingerprint of what a client has shown; undefined if it has shown nothing. */
function shownBy({ socket }: IncomingMessage): string | undefined {
  return socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : undefined;
}

/** A server that asks every client for a certificate, and takes any. */
async function askingServer(): Promise<{ server: FaultyServer; caPem: string; shown: unknown[] }> {
  const { certPem, keyPem, caPem } = await loopbackCertificate();
  const shown: unknown[] = [];
  const options = { cert: certPem, key: keyPem, requestCert: true, rejectUnauthorized: false };
  const server = await serveTls(options, (request, response) => {
    shown.push(shownBy(request));
    response.end('{}');
  });
  return { server, caPem, shown };
}

async function aDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-client-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

test('a certificate is shown whatever logs in, and the next one as soon as it is there', async () => {
  const directory = await aDirectory();
  const { server, caPem, shown } = await askingServer();
  await using _ = server;
  const clientCertificate = await writeCertificate(directory, await loopbackCertificate());
  const client = createClient(storeAt(server.address, { caPem, clientCertificate }), systemClock);
  const ask = (): Promise<unknown> => client({ method: 'GET', path: 'sys/health' }, NEVER);
  await ask();
  await ask();
  expect(server.connections()).toBe(1);
  await writeCertificate(directory, await loopbackCertificate());
  await ask();
  expect(server.connections()).toBe(2);
  expect(shown[0]).toBeDefined();
  expect(shown[1]).toBe(shown[0]);
  expect(shown[2]).toBeDefined();
  expect(shown[2]).not.toBe(shown[0]);
});

test('nothing is shown where nothing is configured', async () => {
  const { server, caPem, shown } = await askingServer();
  await using _ = server;
  const client = createClient(storeAt(server.address, { caPem }), systemClock);
  await client({ method: 'GET', path: 'sys/health' }, NEVER);
  expect(shown).toEqual([undefined]);
});

test('a certificate that is half replaced fails one request, and no more', async () => {
  const directory = await aDirectory();
  const { server, caPem } = await askingServer();
  await using _ = server;
  const clientCertificate = await writeCertificate(directory, await loopbackCertificate());
  const client = createClient(storeAt(server.address, { caPem, clientCertificate }), systemClock);
  const ask = (): Promise<unknown> => client({ method: 'GET', path: 'sys/health' }, NEVER);
  const next = await loopbackCertificate();
  await writeCertificate(directory, { ...next, keyPem: (await loopbackCertificate()).keyPem });
  await expect(ask()).rejects.toMatchObject({ code: 'login_refused' });
  await writeCertificate(directory, next);
  await expect(ask()).resolves.toMatchObject({ status: 200 });
});
