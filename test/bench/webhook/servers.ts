import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerCertificate } from '../../../deploy/kubernetes/certificate.ts';
import { entrypointOf, environmentOf, INJECTOR_BUNDLE } from '../../../deploy/demo/bundles.ts';
import { loopbackCertificate, writeCertificate } from '../../servers/certificate.ts';
import { freePort } from '../../servers/port.ts';
import { REVIEW } from './review.ts';

/** A webhook that is measured. */
export interface Contender extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
}

/** What all contenders have: a certificate, and the same request. */
export interface Stage extends AsyncDisposable {
  readonly directory: string;
  readonly certificate: ServerCertificate;
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly bodyFile: string;
}

export async function openStage(): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-bench-'));
  const certificate = await loopbackCertificate();
  const { certFile, keyFile } = await writeCertificate(directory, certificate);
  const [caFile, bodyFile] = [join(directory, 'ca.crt'), join(directory, 'review.json')];
  await writeFile(caFile, certificate.caPem);
  await writeFile(bodyFile, REVIEW);
  return {
    directory,
    certificate,
    certFile,
    keyFile,
    caFile,
    bodyFile,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

const VAULT_ADDRESS = 'https://vault.vault:8200';

/** Our injector, as its image runs it. */
export async function startInjector(stage: Stage, node: string): Promise<Contender> {
  const port = await freePort();
  const [, ...words] = await entrypointOf('injector');
  const child = spawn(node, [...words.slice(0, -1), INJECTOR_BUNDLE], {
    stdio: 'ignore',
    env: {
      ...(await environmentOf('injector')),
      SIDEKEY_STANDALONE: 'true',
      SIDEKEY_LISTEN: `127.0.0.1:${port}`,
      SIDEKEY_ADMIN_PORT: String(await freePort()),
      SIDEKEY_TLS_CERT_FILE: stage.certFile,
      SIDEKEY_TLS_KEY_FILE: stage.keyFile,
      SIDEKEY_AGENT_IMAGE: 'sidekey/agent:bench',
      SIDEKEY_VAULT_ADDRESS: VAULT_ADDRESS,
      SIDEKEY_DRAIN_DELAY: '0s',
    },
  });
  return contender('Sidekey', port, child);
}

/** In a mount namespace of its own, with the account that a pod has. */
const IN_A_POD = `mount -t tmpfs none /run && mkdir -p /run/secrets/kubernetes.io/serviceaccount &&
mount --bind "$1" /run/secrets/kubernetes.io/serviceaccount && shift && exec "$@"`;

/**
 * vault-k8s. It asks an API server for its webhook configuration before it has a certificate, so there is one that has none.
 *
 * @throws {Error} Unless root runs this, who alone can give it the account.
 */
export async function startPeer(stage: Stage, program: string): Promise<Contender> {
  if (process.getuid?.() !== 0) throw new Error('only root can give vault-k8s a service account');
  const api = createServer(
    { cert: stage.certificate.certPem, key: stage.certificate.keyPem },
    (_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(
        '{"kind":"MutatingWebhookConfigurationList","apiVersion":"admissionregistration.k8s.io/v1","metadata":{},"items":[]}',
      );
    },
  );
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  const account = join(stage.directory, 'account');
  await mkdir(account, { recursive: true });
  await writeFile(join(account, 'token'), 'bench');
  await writeFile(join(account, 'namespace'), 'vault');
  await writeFile(join(account, 'ca.crt'), stage.certificate.caPem);
  const port = await freePort();
  const words = ['--mount', 'sh', '-c', IN_A_POD, 'sh', account, program, 'agent-inject'];
  const child = spawn('unshare', words, {
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String((api.address() as AddressInfo).port),
      AGENT_INJECT_LISTEN: `127.0.0.1:${port}`,
      AGENT_INJECT_VAULT_ADDR: VAULT_ADDRESS,
      AGENT_INJECT_VAULT_IMAGE: 'hashicorp/vault:1.21.4',
      AGENT_INJECT_TLS_CERT_FILE: stage.certFile,
      AGENT_INJECT_TLS_KEY_FILE: stage.keyFile,
    },
  });
  child.once('exit', () => api.close());
  return contender('vault-k8s', port, child);
}

function contender(name: string, port: number, child: ChildProcess): Contender {
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    name,
    url: `https://127.0.0.1:${port}/mutate`,
    pid: child.pid ?? 0,
    [Symbol.asyncDispose]: async () => {
      process.off('exit', kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
