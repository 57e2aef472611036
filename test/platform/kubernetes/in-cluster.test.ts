import { describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import type { Connection } from '#platform/kubernetes/client.ts';
import { inClusterConnection } from '#platform/kubernetes/in-cluster.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const FILES: Readonly<Record<string, string>> = {
  [`${ACCOUNT}/ca.crt`]: 'the authority',
  [`${ACCOUNT}/token`]: 'the token\n',
};

function readFile(path: string): string {
  const text = FILES[path];
  if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  return text;
}

const connect = (env: Readonly<Record<string, string>>, read = readFile): Connection =>
  inClusterConnection(env, read, systemClock);

describe('the connection of a pod', () => {
  test.each([
    ['10.96.0.1', '6443', 'https://10.96.0.1:6443'],
    ['fd00:10:96::1', '443', 'https://[fd00:10:96::1]:443'],
    ['kubernetes.default.svc', '443', 'https://kubernetes.default.svc:443'],
  ])('goes to the Service: %s port %s', (host, port, address) => {
    const env = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
    expect(connect(env)).toMatchObject({ address, caPem: 'the authority' });
  });

  test('reads the token each time it is asked for', async () => {
    let reads = 0;
    const counting = (path: string): string => {
      reads += 1;
      return readFile(path);
    };
    const { token } = connect({ KUBERNETES_SERVICE_HOST: 'a' }, counting);
    const before = reads;
    expect(await token()).toBe('the token\n');
    await token();
    expect(reads - before).toBe(2);
  });

  test('is none outside a cluster', () => {
    expect(() => connect({})).toThrow(
      'Cannot find the API server: KUBERNETES_SERVICE_HOST is not set, as it is in every pod; run this in the cluster',
    );
  });

  test('is none without a service account', () => {
    const missing = (): string => readFile('/elsewhere');
    expect(() => connect({ KUBERNETES_SERVICE_HOST: 'a' }, missing)).toThrow(
      `Cannot read ${ACCOUNT}/ca.crt: ENOENT; give the pod its service account's token (automountServiceAccountToken)`,
    );
  });
});
