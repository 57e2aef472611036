import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { compareCluster } from '../../../../cli/tenant/diff/kubernetes.ts';
import type { Outcome } from '../../../../governance/diff/drift.ts';
import { nameOf, pathOf } from '../../../../governance/diff/kind.ts';
import { type Asked, scriptedApi } from '../../../platform/kubernetes/scripted-api.ts';

const namespace = (name: string, labels: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'sidekey.dev/tenant': name, ...labels } },
});

const quota = (name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'sidekey-tenant', namespace: name },
  spec: { hard: { 'requests.cpu': '1' } },
});

const POLICY: JsonObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'sidekey-gpu-limits' },
  spec: {},
};

const DECLARED = [
  { tenant: '', object: POLICY },
  ...['team-a', 'team-b'].flatMap((tenant) => [
    { tenant, object: namespace(tenant) },
    { tenant, object: quota(tenant) },
  ]),
];

const pathsOf = (objects: readonly JsonObject[]): ReadonlyMap<string, JsonObject> =>
  new Map(objects.map((object) => [pathOf(nameOf(object)), object]));

const ALL = DECLARED.map(({ object }) => object);

const LISTS: Readonly<Record<string, string>> = {
  '/api/v1/namespaces': 'Namespace',
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies': 'ValidatingAdmissionPolicy',
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings':
    'ValidatingAdmissionPolicyBinding',
};

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** An API server that holds these objects, and answers some paths in its own way. */
async function compared(
  objects: readonly JsonObject[],
  instead: (path: string) => Answer | undefined = () => undefined,
): Promise<Outcome & { readonly asked: readonly Asked[] }> {
  const held = pathsOf(objects);
  const reply = (path: string): Answer => {
    const kind = LISTS[path];
    const object = held.get(path);
    if (kind !== undefined) {
      const items = objects.filter((one) => one['kind'] === kind);
      return { status: 200, body: { kind: `${kind}List`, metadata: { resourceVersion: '7' }, items } };
    }
    return object === undefined
      ? { status: 404, body: { kind: 'Status', code: 404 } }
      : { status: 200, body: object };
  };
  await using api = await scriptedApi([
    (response, { path }) => {
      const { status, body } = instead(path) ?? reply(path);
      response.writeHead(status).end(JSON.stringify(body));
    },
  ]);
  return { ...(await compareCluster(api.kubernetes, DECLARED)), asked: api.asked };
}

const short = ({ drifts }: Outcome): readonly string[] =>
  drifts.map(({ kind, subject }) => `${kind} ${subject}`);

describe('a cluster', () => {
  test('that holds what is declared is in step, and is asked by GET alone', async () => {
    const outcome = await compared(ALL);
    expect(outcome).toMatchObject({ compared: 5, drifts: [], unanswered: [] });
    expect([...new Set(outcome.asked.map(({ method }) => method))]).toEqual(['GET']);
  });

  test('without a namespace lacks it, and of what was in it nothing is said or asked', async () => {
    const outcome = await compared(
      ALL.filter((one) => nameOf(one).name !== 'team-b' && nameOf(one).namespace !== 'team-b'),
    );
    expect(short(outcome)).toEqual(['missing Namespace team-b']);
    expect(outcome.asked.filter(({ path }) => path.startsWith('/api/v1/namespaces/team-b/'))).toEqual([]);
  });

  test('may hold tenants, policies and bindings of ours that nobody declares', async () => {
    const labels = { 'app.kubernetes.io/name': 'sidekey', 'app.kubernetes.io/component': 'policies' };
    const binding = (name: string, policyName: string): JsonObject => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName },
    });
    const outcome = await compared([
      ...ALL,
      namespace('shadow'),
      { ...POLICY, metadata: { name: 'sidekey-old', labels } },
      binding('by-hand', 'sidekey-gpu-limits'),
      binding('others', 'theirs'),
    ]);
    expect(short(outcome)).toEqual([
      'extra Namespace shadow',
      'extra ValidatingAdmissionPolicy sidekey-old',
      'extra ValidatingAdmissionPolicyBinding by-hand',
    ]);
    const selectors = outcome.asked
      .map(({ query }) => query['labelSelector'])
      .filter((one) => one !== undefined);
    expect(selectors.toSorted()).toEqual([
      'app.kubernetes.io/name=sidekey,app.kubernetes.io/component=policies',
      'sidekey.dev/tenant',
    ]);
  });

  test('that knows no admission policies lacks them', async () => {
    const old = await compared(ALL, (path) =>
      path.startsWith('/apis/admissionregistration') ? { status: 404, body: {} } : undefined,
    );
    expect({ found: short(old), unanswered: old.unanswered }).toEqual({
      found: ['missing ValidatingAdmissionPolicy sidekey-gpu-limits'],
      unanswered: [],
    });
  });
});

describe('what is not answered', () => {
  const FORBIDDEN = { status: 403, body: { kind: 'Status', code: 403, message: 'canary-7d1f' } };

  test('is told once for each kind, and the rest is compared', async () => {
    const outcome = await compared(ALL, (path) => (path.endsWith('/sidekey-tenant') ? FORBIDDEN : undefined));
    expect(outcome).toMatchObject({ compared: 3, drifts: [] });
    expect(outcome.unanswered.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^Cannot get resourcequotas sidekey-tenant in team-a: .*grant it the verb "get" on "resourcequotas".*; and 1 more of this kind$/u,
      ),
    ]);
    expect(JSON.stringify(outcome.unanswered)).not.toContain('canary-7d1f');
  });

  test('is no reason to think that a namespace is gone', async () => {
    const outcome = await compared(ALL, (path) =>
      path === '/api/v1/namespaces/team-a' ? FORBIDDEN : undefined,
    );
    expect(outcome.compared).toBe(4);
    expect(short(outcome)).toEqual([]);
  });

  test('by a cluster that knows nobody is asked no more', async () => {
    const outcome = await compared(ALL, () => ({ status: 401, body: { kind: 'Status', code: 401 } }));
    expect(outcome).toMatchObject({ compared: 0, drifts: [] });
    expect(outcome.unanswered).toHaveLength(1);
    expect(outcome.unanswered[0]?.message).toContain('does not accept the token or certificate');
    // Those that were on their way, and no list.
    expect(outcome.asked.length).toBeLessThanOrEqual(8);
  });
});
