import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../servers/control-plane.ts';
import { eventually, PATIENCE_MS } from '../servers/eventually.ts';

const MAIN = fileURLToPath(new URL('../../deploy/kubernetes/main.ts', import.meta.url));
const NAMESPACE = 'sidekey-test-install';
const IMAGES = ['--injector-image=sidekey/injector:test', '--agent-image=sidekey/agent:test'];
const OPTIONS = [...IMAGES, '--vault-address=https://vault.vault:8200', `--namespace=${NAMESPACE}`];

let cluster: ControlPlane;
let manifests: string;

beforeAll(async () => {
  cluster = await startControlPlane();
  manifests = (await promisify(execFile)(process.execPath, [MAIN, ...OPTIONS])).stdout;
});

afterAll(async () => {
  try {
    await cluster.forget(['-f', '-'], manifests);
  } finally {
    await cluster.stop();
  }
});

test('the API server takes every document as it is printed', async () => {
  const made = await cluster.kubectl(['create', '--validate=strict', '-f', '-'], manifests);
  expect(made.trim().split('\n')).toHaveLength(13);
});

test('the injector’s pods pass the restricted standard of their namespace', async () => {
  await eventually('both pods', PATIENCE_MS, async () => {
    const pods = await cluster.kubectl(['get', 'pods', '-n', NAMESPACE, '-o', 'name']);
    expect(pods.trim().split('\n')).toHaveLength(2);
  });
  const labels = await cluster.kubectl(['get', 'namespace', NAMESPACE, '--show-labels']);
  expect(labels).toContain('pod-security.kubernetes.io/enforce=restricted');
});

test('the injector’s own namespace needs no injector', async () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'own-', annotations: { 'vault.hashicorp.com/agent-inject': 'true' } },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'main',
          image: 'sidekey/injector:test',
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
  const args = ['create', '--dry-run=server', '-n', NAMESPACE, '-f', '-'];
  expect(await cluster.kubectl(args, JSON.stringify(pod))).toContain('created');
  // Webhooks are asked a moment after they are made known.
  const elsewhere = ['create', '--dry-run=server', '-n', 'default', '-f', '-'];
  await eventually('a refusal elsewhere', PATIENCE_MS, async () => {
    const made = cluster.kubectl(elsewhere, JSON.stringify(pod));
    await expect(made).rejects.toThrow(/failed calling webhook "00\.sidekey\.dev"/u);
  });
});
