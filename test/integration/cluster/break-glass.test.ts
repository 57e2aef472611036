import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WEBHOOK_CONFIGURATIONS } from '#contract/layout.ts';
import { INJECTED } from '../../../governance/policy/injected.ts';
import { validatingAdmissionPolicy } from '../../../governance/policy/validating-admission-policy.ts';
import { webhookConfigurations } from '../../../deploy/kubernetes/webhooks.ts';
import { SETTINGS } from '../../governance/cases/namespaces.ts';
import { clusterBinaries } from '../../servers/cluster-binaries.ts';
import { eventually } from '../../servers/eventually.ts';
import { Admission } from '../admission-stage.ts';
import { agentOf, ASKS_NATIVELY, MODEL_SERVER, type Pod } from '../pods.ts';

const SLOW_MS = 120_000;
const NAMESPACE = 'sidekey-test-night';
const WORKLOAD = 'model';
const PAGE = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');

let stage: Admission;
let path: string;

beforeAll(async () => {
  [stage, path] = await Promise.all([Admission.start(NAMESPACE), clusterBinaries()]);
  for (const object of validatingAdmissionPolicy(INJECTED, SETTINGS, 'deny')) await stage.configure(object);
  const fresh = await newPod();
  await stage.configure({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: WORKLOAD, namespace: NAMESPACE },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: WORKLOAD } },
      template: {
        metadata: { labels: { app: WORKLOAD }, annotations: ASKS_NATIVELY },
        spec: { containers: [MODEL_SERVER] },
      },
    },
  });
  await fresh();
});

afterAll(() => stage[Symbol.asyncDispose]());

/** The commands of the page that stand together, from the paragraph that begins so on: one list after the other. */
function commands(paragraph: string): readonly (readonly string[])[] {
  const text = PAGE.slice(PAGE.indexOf(paragraph)).split(/\n\n(?=\*\*|The audit log)/u)[0] ?? '';
  const blocks = text.split('\n\n').filter((block) => block.startsWith('    kubectl '));
  return blocks.map((block) => block.split('\n').map((line) => line.trim()));
}

/** As somebody would who has the page before them. */
async function type(block: readonly string[] | undefined): Promise<string> {
  const lines = (block ?? []).map((line) =>
    line.replaceAll('NAME', NAMESPACE).replaceAll('WORKLOAD', WORKLOAD),
  );
  const env = {
    ...process.env,
    PATH: `${path}:${process.env['PATH']}`,
    KUBECONFIG: stage.cluster.kubeconfig,
  };
  // kubectl restarts nothing twice within a second.
  await sleep(1100);
  if (lines.length === 0) throw new Error('The page has no such commands');
  return (await promisify(execFile)('sh', ['-ec', lines.join('\n')], { env })).stdout;
}

async function pods(): Promise<readonly Pod[]> {
  const list = await stage.cluster.kubectl(['get', 'pods', '-n', NAMESPACE, '-o', 'json']);
  return (JSON.parse(list) as { readonly items: readonly Pod[] }).items;
}

/** Waits for a pod that was not there when it was asked for this. */
async function newPod(): Promise<() => Promise<Pod>> {
  const known = new Set((await pods()).map(({ metadata }) => metadata.name));
  return () =>
    eventually('another pod', SLOW_MS, async () => {
      const found = (await pods()).find(({ metadata }) => !known.has(metadata.name));
      if (found === undefined) throw new Error('There is none');
      return found;
    });
}

const restart = ['kubectl -n NAME rollout restart deployment WORKLOAD'];

test('without an injector no pod is made, and whoever looks is told why', async () => {
  await stage.injector.stop();
  await type(restart);
  await eventually('the Event', SLOW_MS, async () => {
    const events = await stage.cluster.kubectl(['-n', NAMESPACE, 'get', 'events']);
    expect(events).toContain('failed calling webhook "00.sidekey.dev"');
  });
});

test('one workload goes on without its secrets, and has them again', async () => {
  const [round, back] = commands('**1. One workload**');
  const fresh = await newPod();
  await type(round);
  expect(agentOf(await fresh())).toBeUndefined();
  await type(back);
  await stage.injector.start();
  const again = await newPod();
  await type(restart);
  expect(agentOf(await again())).toBeDefined();
  await stage.injector.stop();
});

test('so does a namespace, whose pods without an agent are seen', async () => {
  const [round, back] = commands('**2. One namespace.**');
  const fresh = await newPod();
  await type(round);
  const without = await fresh();
  expect(agentOf(without)).toBeUndefined();
  await stage.injector.start();
  const again = await newPod();
  expect(await type(back)).toMatch(new RegExp(`^${without.metadata.name} +<none>$`, 'mu'));
  expect(agentOf(await again())).toBeDefined();
  await stage.injector.stop();
});

test('so does the cluster, until everything is applied again', async () => {
  const [round] = commands('**3. The cluster.**');
  await type(round);
  await eventually('no webhook and no policy', SLOW_MS, () =>
    stage.create({ annotations: ASKS_NATIVELY }, '--dry-run=server'),
  );
  const fresh = await newPod();
  await type(restart);
  expect(agentOf(await fresh())).toBeUndefined();
  await stage.injector.start();
  const options = { target: { url: stage.injector.url }, caPem: stage.injector.certificate.caPem };
  for (const one of webhookConfigurations({ ...options, namespace: 'sidekey' })) await stage.configure(one);
  await stage.inForce({ annotations: ASKS_NATIVELY });
  const again = await newPod();
  await type(restart);
  expect(agentOf(await again())).toBeDefined();
  expect(await stage.cluster.kubectl(['get', 'mutatingwebhookconfiguration'])).toContain(
    WEBHOOK_CONFIGURATIONS[0],
  );
});
