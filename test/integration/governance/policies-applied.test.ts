import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isObject, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { CREDENTIAL_SHAPES } from '../../../governance/policy/credentials.ts';
import { pod } from '../../governance/cases/objects.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { eventually } from '../../servers/eventually.ts';
import { policiesInForce } from '../../servers/policies-in-force.ts';

const FOLDER = fileURLToPath(
  new URL('../../../deploy/kyverno/validating-admission-policies', import.meta.url),
);
const PATIENCE_MS = 120_000;

let cluster: ControlPlane;

/** Somebody with every right that RBAC gives, who is none of the platform's. */
const ADMINISTRATOR = ['--as=ada', '--as-group=cluster-administrators'];

const json = (text: string): JsonObject => {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new TypeError('No object');
  return value;
};

const get = async (...args: readonly string[]): Promise<JsonObject> =>
  json(await cluster.kubectl(['get', ...args, '--output=json']));

/** What the administrator is told, which is nothing if nothing is refused. */
async function refusal(args: readonly string[], object?: JsonObject): Promise<string> {
  const stdin = object === undefined ? '' : JSON.stringify(object);
  return await cluster.kubectl([...args, ...ADMINISTRATOR], stdin).then(
    () => '',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

const allPolicies = async (): Promise<readonly JsonObject[]> =>
  listIn(await get('validatingadmissionpolicies'), 'items');

beforeAll(async () => {
  cluster = await startControlPlane();
  const rights = ['--clusterrole=cluster-admin', '--group=cluster-administrators'];
  await cluster.kubectl(['create', 'clusterrolebinding', 'cluster-administrators', ...rights]);
  await cluster.kubectl(['create', 'namespace', 'team-a']);
  await cluster.kubectl(['label', 'namespace', 'team-a', 'sidekey.dev/tenant=team-a']);
  await cluster.kubectl(['apply', '--filename', FOLDER]);
  await policiesInForce(cluster.kubectl);
  await eventually('the policies checked', PATIENCE_MS, async () => {
    const unchecked = (await allPolicies()).filter(
      (one) => objectIn(one, 'status')['typeChecking'] === undefined,
    );
    if (unchecked.length > 0) throw new Error(`${unchecked.length} are not`);
  });
  await eventually('what is refused, to be refused by a policy', PATIENCE_MS, async () => {
    const annotate = ['annotate', 'namespace', 'team-a', '--dry-run=server', 'sidekey.dev/vault-roles=x'];
    const refused = await refusal(annotate);
    if (!refused.includes('sidekey-tenancy-guard')) throw new Error(refused);
  });
});

afterAll(async () => {
  await cluster.stop();
});

test('the API server finds nothing to warn of in any expression, for any kind', async () => {
  const found = (await allPolicies()).map((one) => [
    textIn(objectIn(one, 'metadata'), 'name'),
    objectIn(objectIn(one, 'status'), 'typeChecking'),
  ]);
  expect(found).toHaveLength(10);
  expect(found.filter(([, checked]) => JSON.stringify(checked) !== '{}')).toEqual([]);
});

test('what is applied again changes nothing', async () => {
  const lines = (await cluster.kubectl(['apply', '--filename', FOLDER])).trim().split('\n');
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.filter((line) => !line.endsWith(' unchanged'))).toEqual([]);
});

describe('tenancy is guarded', () => {
  const stolen = { metadata: { annotations: { 'sidekey.dev/gpu-resources': '*' } } };

  test('at the status of a namespace, by which its metadata can be written', async () => {
    const patch = ['--type=merge', '--subresource=status', `--patch=${JSON.stringify(stolen)}`];
    expect(await refusal(['patch', 'namespace', 'team-a', ...patch])).toContain(
      'annotation sidekey.dev/gpu-resources',
    );
  });

  test('at its finalizers, by which they can be written, too', async () => {
    const namespace = await get('namespace', 'team-a');
    const changed = { ...namespace, metadata: { ...objectIn(namespace, 'metadata'), ...stolen.metadata } };
    const replace = ['replace', '--raw', '/api/v1/namespaces/team-a/finalize', '--filename=-'];
    expect(await refusal(replace, changed)).toContain('annotation sidekey.dev/gpu-resources');
    expect(await refusal(replace, namespace)).toBe('');
  });

  test('and lets a deletion that has begun come to its end', async () => {
    await cluster.kubectl(['create', 'namespace', 'leaving']);
    await cluster.kubectl(['label', 'namespace', 'leaving', 'sidekey.dev/tenant=leaving']);
    expect(await refusal(['delete', 'namespace', 'leaving'])).toContain('sidekey.dev/tenant');
    await cluster.kubectl(['delete', 'namespace', 'leaving', '--wait=false']);
    await eventually('the end of the namespace', PATIENCE_MS, async () => {
      await expect(cluster.kubectl(['get', 'namespace', 'leaving'])).rejects.toThrow('not found');
    });
  });
});

test('a pod that waits at a gate may be labelled, and not be given a device', async () => {
  const gated = pod({ name: 'gated', spec: { schedulingGates: [{ name: 'example.com/later' }] } });
  expect(await refusal(['create', '--filename=-'], gated)).toBe('');
  const target = ['pod', 'gated', '--namespace=team-a'];
  expect(await refusal(['label', ...target, 'tier=gold'])).toBe('');
  expect(await refusal(['annotate', ...target, 'cdi.k8s.io/x=nvidia.com/gpu=all'])).toContain('cdi.k8s.io/x');
});

test('what was there before can be scaled down, and made anew only as it should be', async () => {
  const names = (await allPolicies()).map((one) => textIn(objectIn(one, 'metadata'), 'name'));
  expect(names).toContain('sidekey-gpu-resources');
  const bindings = ['validatingadmissionpolicybindings', 'sidekey-gpu-resources'];
  const binding = await get(...bindings);
  await cluster.kubectl(['delete', ...bindings]);
  const template = {
    metadata: { labels: { app: 'old' } },
    spec: pod({ limits: { 'nvidia.com/gpu': 1 } })['spec'] ?? {},
  };
  const old = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'old', namespace: 'team-a' },
    spec: { replicas: 0, selector: { matchLabels: { app: 'old' } }, template },
  };
  await eventually('that nothing is refused', PATIENCE_MS, async () => {
    expect(await refusal(['apply', '--server-side', '--filename=-'], old)).toBe('');
  });
  const { name } = objectIn(binding, 'metadata');
  await cluster.kubectl(['create', '--filename=-'], JSON.stringify({ ...binding, metadata: { name } }));
  await eventually('that it is refused again', PATIENCE_MS, async () => {
    const other = { ...old, metadata: { name: 'new', namespace: 'team-a' } };
    expect(await refusal(['create', '--dry-run=server', '--filename=-'], other)).toContain('nvidia.com/gpu');
  });
  expect(await refusal(['scale', 'replicaset', 'old', '--namespace=team-a', '--replicas=1'])).toBe('');
  expect(await refusal(['label', 'replicaset', 'old', '--namespace=team-a', 'tier=gold'])).toBe('');
  const relabelled = '[{"op":"add","path":"/spec/template/metadata/labels/tier","value":"gold"}]';
  const patch = ['patch', 'replicaset', 'old', '--namespace=team-a', '--type=json', `--patch=${relabelled}`];
  expect(await refusal(patch)).toContain('nvidia.com/gpu');
});

test('a ConfigMap of one mebibyte that has a bit of every credential is searched within the budget', async () => {
  const line = CREDENTIAL_SHAPES.flatMap(({ markers }) => markers).join(' ');
  const lines = `${line} task-sk-learn gh_ hv s.x st.x\n`;
  const text = lines.repeat(Math.floor(1_040_000 / lines.length));
  const large = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'large', namespace: 'team-a' },
    data: { text },
  };
  const create = ['create', '--dry-run=server', '--filename=-'];
  expect(await refusal(create, large)).toBe('');
  const leaking = { ...large, data: { text: `${text}hf_${'a1'.repeat(17)}` } };
  expect(await refusal(create, leaking)).toContain('key text');
});
