import { afterAll, beforeAll, expect, test } from 'vitest';
import { annotationsIn, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { CONTAINER } from '#contract/layout.ts';
import { OPT_INS } from '../../injector/annotations/request.ts';
import { injectedCases, load, read } from '../golden/cases.ts';
import { eventually, PATIENCE_MS } from '../servers/eventually.ts';
import { Admission } from './admission-stage.ts';
import { known } from './golden-stage.ts';
import { ours, without, withoutUs } from './pod-parts.ts';
import { ASKS } from './pods.ts';

const NAMESPACE = 'sidekey-test-shapes';

/** What no API server takes when it is made, or only one that knows of its sandbox. */
const NEVER_HERE = ['ephemeral-containers', 'runtime-class-overhead', 'environment-of-our-file'];

/** The injector has one configuration here, which allows its own image alone. */
const isOfOthers = (name: string): boolean =>
  ['settings', 'namespace', 'limit-range'].some((file) => read(name, file) !== undefined) ||
  Object.keys(annotationsIn(load(name).pod)).some((key) => key.endsWith('image'));

const CASES = injectedCases
  .filter((name) => !NEVER_HERE.includes(name) && !isOfOthers(name))
  .map((name) => {
    const { pod } = known(load(name));
    const spec = { ...objectIn(pod, 'spec'), serviceAccountName: 'default' };
    const metadata = { name, namespace: NAMESPACE, annotations: annotationsIn(pod) };
    return { ...without(pod, ['status']), metadata, spec };
  });

let stage: Admission;

beforeAll(async () => {
  stage = await Admission.start(NAMESPACE);
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

/** What the API server would store, in one call for all. */
async function made(pods: readonly JsonObject[]): Promise<readonly JsonObject[]> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods });
  const args = ['create', '--dry-run=server', '-f', '-', '-o', 'json'];
  const answer = (await stage.cluster.kubectl(args, list)).replaceAll(ACCESS_VOLUME, 'kube-api-access-00000');
  // One after another, each from the first column.
  return answer.split(/^(?=\{)/mu).map((one) => JSON.parse(one) as JsonObject);
}

/** Named anew each time. */
const ACCESS_VOLUME = /kube-api-access-[a-z0-9]{5}/gu;

/** The same pod, which asks for nothing. */
function unasked(pod: JsonObject): JsonObject {
  const metadata = objectIn(pod, 'metadata');
  const annotations = without(
    annotationsIn(pod),
    OPT_INS.map(({ key }) => key),
  );
  return withoutUs({ ...pod, metadata: { ...metadata, annotations } });
}

const shown = (pod: JsonObject): string => JSON.stringify(objectIn(pod, 'spec'), null, 2);
const qosOf = (pod: JsonObject): string => textIn(objectIn(pod, 'status'), 'qosClass');

test('pods of every shape come through both configurations with an agent, their class, and all that was theirs', async () => {
  const [plain, injected] = [await made(CASES.map(unasked)), await made(CASES)];
  expect(injected.map((pod) => textIn(objectIn(pod, 'metadata'), 'name'))).toEqual(
    CASES.map(({ metadata }) => metadata.name),
  );
  for (const [index, pod] of injected.entries()) {
    const before = plain[index] ?? {};
    expect(ours(before)).toEqual([]);
    expect(ours(pod).length).toBeGreaterThanOrEqual(3);
    expect(qosOf(pod)).toBe(qosOf(before));
    expect(shown(withoutUs(pod))).toBe(shown(before));
  }
  expect(injected.length).toBeGreaterThan(80);
});

const labels = { app: 'shapes' };
const container = { name: 'model-server', image: 'registry.example/model-server:7' };
const template = (more: JsonObject = {}): JsonObject => ({
  metadata: { labels, annotations: ASKS },
  spec: { containers: [container], ...more },
});

/** What makes pods of a template. */
const WORKLOADS: readonly JsonObject[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    spec: { selector: { matchLabels: labels }, template: template() },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    spec: { serviceName: 'shapes', selector: { matchLabels: labels }, template: template() },
  },
  { apiVersion: 'batch/v1', kind: 'Job', spec: { template: template({ restartPolicy: 'Never' }) } },
];

test.each(WORKLOADS.map((workload) => [textIn(workload, 'kind'), workload] as const))(
  'what a %s makes of its template has an agent, and the template has none',
  async (kind, workload) => {
    const name = `shapes-${kind.toLowerCase()}`;
    const object = { ...workload, metadata: { name, namespace: NAMESPACE } };
    await stage.configure(object);
    const pods = await eventually(`a pod of ${name}`, PATIENCE_MS, async () => {
      const found = await stage.cluster.kubectl(['get', 'pods', '-n', NAMESPACE, '-o', 'json']);
      const items = listIn(JSON.parse(found) as JsonObject, 'items');
      const own = items.filter((pod) => textIn(objectIn(pod, 'metadata'), 'name').startsWith(`${name}-`));
      if (own.length === 0) throw new Error(`${name} has made no pod yet`);
      return own;
    });
    expect(pods.map((pod) => ours(pod).length)).toEqual([4]);
    const kept = await stage.cluster.kubectl(['get', kind, name, '-n', NAMESPACE, '-o', 'json']);
    expect(kept).not.toContain(CONTAINER.run);
  },
);
