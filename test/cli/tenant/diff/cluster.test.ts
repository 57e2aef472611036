import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubernetesCall } from '#platform/kubernetes/call.ts';
import { openCluster } from '../../../../cli/tenant/diff/cluster.ts';
import { serve, serveTls } from '../../../agent/provider/http/faulty-server.ts';
import { loopbackCertificate } from '../../../servers/certificate.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cluster-'));
});

afterEach(() => {
  rmSync(home, { recursive: true });
});

const NEVER = new AbortController().signal;
const CALL: KubernetesCall = { method: 'GET', path: '/api/v1/namespaces/team-a' };

function write(name: string, text: string): string {
  const file = join(home, name);
  writeFileSync(file, text);
  return file;
}

const config = (server: string, user: object, cluster: object = {}): string =>
  JSON.stringify({
    kind: 'Config',
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'one', user: 'me' } }],
    clusters: [{ name: 'one', cluster: { server, ...cluster } }],
    users: [{ name: 'me', user }],
  });

const problems = (...args: Parameters<typeof openCluster>): readonly string[] => {
  const opened = openCluster(...args);
  return opened.ok ? [] : opened.problems.map(({ key, message }) => `${key}: ${message}`);
};

test('files that a kubeconfig names are read, the token’s before each request', async () => {
  const { certPem: cert, keyPem: key, caPem } = await loopbackCertificate();
  write('ca.crt', caPem);
  write('token', 'canary-7d1f\n');
  const seen: unknown[] = [];
  await using server = await serveTls({ cert, key }, ({ headers }, response) => {
    seen.push(headers.authorization);
    response.end('{}');
  });
  const text = config(server.address, { tokenFile: 'token' }, { 'certificate-authority': 'ca.crt' });
  const opened = openCluster({ kubeconfig: write('config', text) }, {});
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  await opened.value.request(CALL, NEVER);
  await opened.value.close();
  expect(seen).toEqual(['Bearer canary-7d1f']);
});

test('of KUBECONFIG, files that are not there are passed by', async () => {
  const seen: unknown[] = [];
  await using server = await serve(({ url }, response) => {
    seen.push(url);
    response.end('{}');
  });
  const KUBECONFIG = [join(home, 'nowhere'), write('config', config(server.address, {}))].join(delimiter);
  const opened = openCluster({}, { KUBECONFIG });
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  await opened.value.request(CALL, NEVER);
  await opened.value.close();
  expect(seen).toEqual([CALL.path]);
});

test('every file that cannot be read is named, and none of its words', () => {
  const user = { 'client-certificate': 'me.crt', 'client-key': 'me.key', tokenFile: 'token' };
  const text = config('https://127.0.0.1:6443', user, { 'certificate-authority': 'ca.crt' });
  expect(problems({ kubeconfig: write('config', text) }, {})).toEqual(
    ['ca.crt', 'me.crt', 'me.key', 'token'].map((name) => `${join(home, name)}: cannot be read: ENOENT`),
  );
});

test('where there is no kubeconfig, that is said, or the cluster is the one that this runs in', () => {
  const file = join(home, '.kube/config');
  expect(problems({}, { HOME: home })).toEqual([`${file}: is not there; name a file with --kubeconfig`]);
  expect(problems({ kubeconfig: file }, { HOME: home })).toEqual([`${file}: cannot be read: ENOENT`]);
  const inside = { HOME: home, KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
  expect(problems({}, inside)).toEqual([
    expect.stringMatching(/^cluster: Cannot read .*\/serviceaccount\/ca\.crt: ENOENT; give the pod/u),
  ]);
});
