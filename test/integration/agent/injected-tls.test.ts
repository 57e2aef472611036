import { mkdir } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { annotations, injected, podWith, SETTINGS } from '../../injector/admission/example.ts';
import { loopbackCertificate } from '../../servers/certificate.ts';
import { startConnectProxy } from '../../servers/connect-proxy.ts';
import { eventually } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { freePort } from '../../servers/port.ts';
import { mountAll, type Secrets } from './mounted.ts';
import { furnish, Pod } from './stage.ts';

const WITHIN_MS = 30_000;
let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao({ tls: true });
  await furnish(bao);
});

afterAll(() => bao.stop());

interface Asked {
  readonly keys: Readonly<Record<string, string>>;
  readonly secrets?: Secrets;
  readonly address?: string;
  /** That the operator allows. */
  readonly proxy?: string;
}

/** The agent of a pod with annotations, as it is injected: logged in as the pod's account, with its volumes mounted. */
async function agentOf({ keys, secrets = {}, address = bao.address, proxy }: Asked): Promise<Pod> {
  const vault = { ...SETTINGS.vault, address, ...(proxy !== undefined && { allowedProxies: [proxy] }) };
  const made = injected(podWith(annotations({ role: 'ml-inference', ...keys })), { ...SETTINGS, vault });
  const pod = await Pod.create(bao);
  const mounts = join(pod.directory, 'mounts');
  await mkdir(mounts);
  const given = await mountAll(made, mounts, secrets);
  const { auth } = pod.config.vault ?? {};
  if (auth === undefined) throw new Error('The pod has no Vault');
  pod.reconfigure({ vault: { ...given, auth } });
  pod.start('run');
  return pod;
}

const expectReady = async (pod: Pod): Promise<void> => {
  await pod.ready(WITHIN_MS);
  expect(await pod.read('api-key')).toMatch(/^canary-/u);
};

const expectUnready = (pod: Pod, reason: RegExp): Promise<void> =>
  eventually('the reason', WITHIN_MS, async () => {
    const { status, body } = await pod.get('/readyz');
    expect(status).toBe(503);
    expect(body).toMatch(reason);
  });

test('a directory of authorities is trusted, whatever else its Secret holds', async () => {
  const { caPem, certPem, keyPem } = await loopbackCertificate();
  const own = { 'ca.crt': bao.caPem ?? '', 'old.crt': caPem, 'tls.crt': certPem, 'tls.key': keyPem };
  const keys = { 'tls-secret': 'vault-tls', 'ca-key': '/vault/tls' };
  await using pod = await agentOf({ keys, secrets: { 'vault-tls': own } });
  await expectReady(pod);
});

test('a directory of other authorities is trusted for nobody else, and says so', async () => {
  const { caPem } = await loopbackCertificate();
  const keys = { 'tls-secret': 'vault-tls', 'ca-key': '/vault/tls' };
  await using pod = await agentOf({ keys, secrets: { 'vault-tls': { 'ca.crt': caPem } } });
  await expectUnready(pod, /certificate/u);
});

test('any certificate is taken where a pod wants that, and none where it does not', async () => {
  await using careful = await agentOf({ keys: { 'tls-skip-verify': 'false' } });
  await expectUnready(careful, /certificate/u);
  await using careless = await agentOf({ keys: { 'tls-skip-verify': 'true' } });
  await expectReady(careless);
});

/** The store at an address for which it has no certificate. */
async function elsewhere(): Promise<AsyncDisposable & { readonly address: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(new URL(bao.address).port), '127.0.0.1');
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
    near.pipe(far).pipe(near);
  });
  const port = await freePort();
  server.listen(port, '127.0.0.2');
  await once(server, 'listening');
  return {
    address: `https://127.0.0.2:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

test('the certificate of the store may be for another name than its address, if the pod says for which', async () => {
  await using store = await elsewhere();
  const secrets = { 'vault-tls': { 'ca.crt': bao.caPem ?? '' } };
  const keys = { 'tls-secret': 'vault-tls', 'ca-cert': '/vault/tls/ca.crt' };
  await using unaware = await agentOf({ keys, secrets, address: store.address });
  await expectUnready(unaware, /127\.0\.0\.2/u);
  const named = { ...keys, 'tls-server-name': 'localhost' };
  await using aware = await agentOf({ keys: named, secrets, address: store.address });
  await expectReady(aware);
  const wrong = { ...keys, 'tls-server-name': 'vault.example' };
  await using other = await agentOf({ keys: wrong, secrets, address: store.address });
  await expectUnready(other, /as vault\.example: /u);
});

test('the store is reached by the proxy that a pod names, and by no other way', async () => {
  await using proxy = await startConnectProxy();
  await using closed = await startConnectProxy(403);
  const secrets = { 'vault-tls': { 'ca.crt': bao.caPem ?? '' } };
  const keys = { 'tls-secret': 'vault-tls', 'ca-cert': '/vault/tls/ca.crt' };
  const by = (address: string): Asked => ({
    keys: { ...keys, 'proxy-address': address },
    secrets,
    proxy: address,
  });
  await using pod = await agentOf(by(proxy.address));
  await expectReady(pod);
  expect(new Set(proxy.asked)).toEqual(new Set([new URL(bao.address).host]));
  await using refused = await agentOf(by(closed.address));
  await expectUnready(refused, /by the proxy http:\/\/127\.0\.0\.1:\d+: ERR_PROXY_REFUSED/u);
});
