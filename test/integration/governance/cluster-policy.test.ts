import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isObject, type JsonObject, listIn, textIn } from '#contract/json.ts';
import {
  container,
  limited,
  ON_SLICES,
  pod,
  sidecar,
  SLICE,
  workload,
} from '../../governance/cases/objects.ts';
import { runKyverno } from '../../governance/engines/kyverno.ts';

/** The policies of docs/kyverno-clusterpolicy.md: as it is often shown, with an anchor, and corrected. */
let blocks: readonly string[] = [];
let directory = '';

beforeAll(async () => {
  const page = await readFile(new URL('../../../docs/kyverno-clusterpolicy.md', import.meta.url), 'utf8');
  blocks = Array.from(
    page.matchAll(/```yaml\n(?<policy>.*?)```/gsu),
    ({ groups }) => groups?.['policy'] ?? '',
  );
  directory = await mkdtemp(join(tmpdir(), 'sidekey-cluster-policy-'));
}, 600_000);

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

const TOLERATES = {
  tolerations: [{ key: 'example.com/spot' }, { key: 'nvidia.com/gpu', operator: 'Exists' }],
};
const whole = (number: number | string): JsonObject => ({ 'nvidia.com/gpu': number });
const LABELLED = { labels: { 'sidekey.dev/workload': 'gpu' } };

const OBJECTS: readonly JsonObject[] = [
  pod({ ...LABELLED, name: 'slice', spec: ON_SLICES, limits: SLICE }),
  pod({ ...LABELLED, name: 'slice-as-text', spec: ON_SLICES, limits: { 'nvidia.com/mig-3g.40gb': '1' } }),
  pod({
    ...LABELLED,
    name: 'injected',
    spec: ON_SLICES,
    limits: SLICE,
    init: [sidecar('sidekey-agent')],
    beside: [container('proxy')],
  }),
  pod({ ...LABELLED, name: 'whole-gpu', spec: TOLERATES, limits: whole('1') }),
  pod({ ...LABELLED, name: 'init', spec: TOLERATES, init: [container('convert', limited(whole(1)))] }),
  pod({ ...LABELLED, name: 'none', spec: ON_SLICES }),
  pod({ ...LABELLED, name: 'zero', spec: { runtimeClassName: 'nvidia' }, limits: whole('0') }),
  pod({ ...LABELLED, name: 'tolerates', spec: TOLERATES, limits: { cpu: 1 } }),
  pod({ name: 'web' }),
  pod({ name: 'exempt', namespace: 'gpu-operator', spec: ON_SLICES }),
  workload('Deployment', { name: 'template', spec: ON_SLICES }),
];

/** The names of the objects that a policy fails. */
async function failing(index: number): Promise<readonly string[]> {
  const [policy, resources] = ['policy.yaml', 'resources.yaml'].map((name) => join(directory, name));
  if (policy === undefined || resources === undefined) throw new Error('There are no names');
  await writeFile(policy, blocks[index] ?? '');
  await writeFile(resources, OBJECTS.map((object) => `---\n${JSON.stringify(object)}\n`).join(''));
  const output = await runKyverno([
    'apply',
    policy,
    '-r',
    resources,
    '-p',
    '--output-format',
    'json',
    '--remove-color',
  ]);
  const report: unknown = JSON.parse(output.split('\n').find((line) => line.startsWith('{')) ?? '');
  if (!isObject(report)) throw new TypeError('Kyverno’s report is no object');
  const results = listIn(report, 'results');
  expect(results.filter(({ result }) => result === 'error')).toEqual([]);
  return results
    .filter(({ result }) => result === 'fail')
    .map((result) => textIn(listIn(result, 'resources')[0] ?? {}, 'name'))
    .toSorted();
}

test('the policy as it is often shown refuses everything, GPUs or not', async () => {
  expect(await failing(0)).toEqual(
    OBJECTS.map((object) => textIn(object['metadata'] as JsonObject, 'name')).toSorted(),
  );
});

test('with the anchor it wants the one slice in one of the containers', async () => {
  expect(await failing(1)).toEqual(['init', 'none', 'tolerates', 'whole-gpu', 'zero']);
});

test('corrected it refuses pods on GPU nodes that take no GPU, and no others', async () => {
  expect(await failing(2)).toEqual(['none', 'template', 'tolerates', 'zero']);
});
