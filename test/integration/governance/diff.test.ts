import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JsonObject, listIn, objectIn } from '#contract/json.ts';
import { field } from '../../servers/openbao-api.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { freePort } from '../../servers/port.ts';
import { sidekey } from '../../servers/sidekey.ts';
import { AS_PLATFORM, type DiffStage, type Drifts, type Report, startDiffStage } from './diff-stage.ts';
import { DRIFTS, patch } from './drifts.ts';

let stage: DiffStage;

beforeAll(async () => {
  stage = await startDiffStage();
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

test('what was applied is in step', async () => {
  const { code, stdout, stderr } = await stage.diff();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^\d+ objects compared: all is as declared\n$/u);
});

describe('told is that', () => {
  let seen: Drifts;

  beforeAll(async () => {
    for (const { edit } of DRIFTS) await edit(stage);
    seen = await stage.drifts();
    for (const { undo } of DRIFTS) await undo?.(stage);
  });

  test.each(DRIFTS)('$name', ({ subject, fields }) => {
    expect(seen.found.get(subject)).toEqual(expect.arrayContaining([...fields]));
  });

  test('nothing else', () => {
    const known = DRIFTS.map(({ subject }) => subject);
    expect([...seen.found.keys()].filter((subject) => !known.includes(subject))).toEqual([]);
    const fields = [...seen.found.values()].flat();
    expect(fields.toSorted()).toEqual(DRIFTS.flatMap((one) => one.fields).toSorted());
    expect(seen).toMatchObject({ code: 1, unanswered: [] });
  });

  test('and nothing any more, once what was declared has been applied again', async () => {
    await stage.mend();
    expect(await stage.drifts()).toEqual({ code: 0, found: new Map(), unanswered: [] });
  });
});

test('of a namespace that is gone it is not said of each object that it had', async () => {
  await stage.cluster.kubectl(['delete', 'namespace', 'team-b']);
  expect([...(await stage.drifts()).found.keys()]).toEqual(['missing Namespace team-b']);
  await stage.mend();
  await eventually('all in step', PATIENCE_MS, async () => expect((await stage.drifts()).code).toBe(0));
});

test('people are told what was declared and what was found', async () => {
  const annotations = { 'sidekey.dev/gpu-resources': 'nvidia.com/gpu' };
  await patch(stage, ['namespace', 'team-a'], { metadata: { annotations } });
  const { stdout } = await stage.diff(['--only', 'kubernetes']);
  await stage.mend();
  expect(stdout.replace(/\d+(?= objects)/u, 'so many')).toBe(`Kubernetes

  ~ Namespace team-a is not as declared
      ~ metadata.annotations[sidekey.dev/gpu-resources]
          declared: "nvidia.com/mig-3g.40gb"
          found:    "nvidia.com/gpu"

so many objects compared: 1 is not as declared
`);
});

/** Controllers write down what they have made of an object: quotas are counted, and policies looked at. */
async function unsettled(): Promise<readonly JsonObject[]> {
  const kinds = ['get', 'resourcequotas,validatingadmissionpolicies', '-A', '-o', 'json'];
  const list = JSON.parse(await stage.cluster.kubectl(kinds)) as JsonObject;
  return listIn(list, 'items').filter((one) => {
    const status = objectIn(one, 'status');
    return one['kind'] === 'ResourceQuota'
      ? !isDeepStrictEqual(status['hard'], objectIn(one, 'spec')['hard'])
      : status['observedGeneration'] !== objectIn(one, 'metadata')['generation'];
  });
}

test('nothing is written, neither to the cluster nor to the store', async () => {
  const versions = (): Promise<string> =>
    stage.cluster.kubectl([
      'get',
      'namespace,resourcequota,role,rolebinding,networkpolicy,validatingadmissionpolicies',
      '--selector=sidekey.dev/tenant',
      '-A',
      '-o=jsonpath={range .items[*]}{.metadata.name}={.metadata.resourceVersion} {end}',
    ]);
  await eventually('controllers with nothing more to write', PATIENCE_MS, async () =>
    expect(await unsettled()).toEqual([]),
  );
  const before = await versions();
  const asked = (await stage.store.audit()).length;
  await stage.diff();
  expect(await versions()).toBe(before);
  const since = (await stage.store.audit()).slice(asked);
  const operations = since.map((entry) => field(entry, 'request', 'operation'));
  expect(operations.length).toBeGreaterThan(0);
  expect(operations.filter((one) => one !== 'read' && one !== 'list')).toEqual([]);
});

describe('of what cannot be asked it says why and what to do, and compares the rest:', () => {
  const UNANSWERED = 3;

  test('the cluster does not answer', async () => {
    const { code, stdout } = await stage.diff(['--server', `http://127.0.0.1:${await freePort()}`]);
    expect(code).toBe(UNANSWERED);
    expect(stdout).toMatch(/^Kubernetes\n\n  \? not compared\n {6}Cannot get .*: no connection to\n/u);
    expect(stdout).toContain('\n4 objects compared: all is as declared; not everything could be asked\n');
  });

  test('the cluster does not let one ask', async () => {
    const kubeconfig = await stage.kubeconfigOf(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: sidekey-few}
rules: [{apiGroups: [""], resources: [namespaces, resourcequotas], verbs: [get]}]
`);
    const { code, stdout } = await stage.diff(['--kubeconfig', kubeconfig, '-o', 'json']);
    const { compared, drifts, unanswered } = JSON.parse(stdout) as Report;
    expect({ code, compared, drifts }).toEqual({ code: UNANSWERED, compared: 8, drifts: [] });
    const messages = unanswered.map(({ message }) => message);
    expect(messages).toContainEqual(
      expect.stringMatching(
        /^Cannot get roles .* in team-a: .*; grant it the verb "get" on "roles" of rbac\.authorization\.k8s\.io \(403\); and 3 more of this kind$/u,
      ),
    );
    expect(messages).toContainEqual(
      expect.stringMatching(
        /^Cannot list namespaces: .*; grant it the verb "list" on "namespaces" \(403\)$/u,
      ),
    );
  });

  test('the store does not let one ask', async () => {
    const policy = 'path "sys/policies/acl/*" { capabilities = ["read"] }';
    await stage.store.api('POST', 'sys/policies/acl/reader', { policy });
    const token = await stage.store.api('POST', 'auth/token/create', { policies: ['reader'] });
    const BAO_TOKEN = String(field(token, 'auth', 'client_token'));
    const { code, stdout } = await stage.diff(['--only', 'vault'], { BAO_TOKEN });
    expect(code).toBe(UNANSWERED);
    expect(stdout.replaceAll(/\s+/gu, ' ')).toBe(
      'OpenBao ? not compared Cannot list auth/jwt/role: the token may not; grant it "list" on "auth/jwt/role" ' +
        '? not compared Cannot list sys/policies/acl: the token may not; grant it "list" on "sys/policies/acl" ' +
        '? not compared Cannot read auth/jwt/role/team-a: the token may not; grant it "read" on "auth/jwt/role/*"; and 1 more of this kind ' +
        '2 objects compared: all is as declared; not everything could be asked ',
    );
    expect(stdout).not.toContain(BAO_TOKEN);
  });

  test('the store does not know the token', async () => {
    const { code, stdout } = await stage.diff(['--only', 'vault'], { BAO_TOKEN: 'canary-7d1f' });
    expect(code).toBe(UNANSWERED);
    expect(stdout).toContain('has it not expired?');
    expect(stdout).not.toContain('canary-7d1f');
  });

  test('the store is sealed', async () => {
    await stage.store.seal();
    const { code, stdout } = await stage.diff();
    await stage.store.unseal();
    expect(code).toBe(UNANSWERED);
    expect(stdout).toContain('it is sealed, or not the active node');
    expect(stdout).toContain('objects compared: all is as declared; not everything could be asked');
  });
});

test('what the documentation grants is enough', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/governance.md'), 'utf8');
  const block = (language: string, has: string): string =>
    [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'gu'))].find(([, text = '']) =>
      text.includes(has),
    )?.[1] ?? '';
  const kubeconfig = await stage.kubeconfigOf(block('yaml', 'kind: ClusterRole'));
  const policy = block('hcl', 'sys/policies/acl');
  await stage.store.api('POST', 'sys/policies/acl/differ', { policy });
  const token = await stage.store.api('POST', 'auth/token/create', { policies: ['differ'] });
  const BAO_TOKEN = String(field(token, 'auth', 'client_token'));
  const { code, stdout } = await stage.diff(['--kubeconfig', kubeconfig], { BAO_TOKEN });
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('all is as declared') });
});

test('a cluster behind kubectl proxy is asked without a kubeconfig', async () => {
  await using proxy = await stage.cluster.proxy();
  const { code } = await stage.diff(['--only', 'kubernetes', '--server', proxy.address], { KUBECONFIG: '' });
  expect(code).toBe(0);
});

test('no token is in any output, whatever becomes of it', async () => {
  const kubeconfig = await readFile(stage.cluster.kubeconfig, 'utf8');
  const [key = ''] = /client-key-data: (\S{20})/u.exec(kubeconfig)?.slice(1) ?? [];
  const runs = await Promise.all([
    stage.diff(),
    stage.diff(['-o', 'json']),
    stage.diff([], { DEBUG: 'node-vault', NODE_DEBUG: 'vault' }),
    stage.diff([], { BAO_ADDR: 'http://127.0.0.1:1' }),
    stage.diff(['--context', 'nowhere']),
  ]);
  for (const { stdout, stderr } of runs) {
    expect(stdout + stderr).not.toContain(stage.store.rootToken);
    expect(key === '' ? '' : stdout + stderr).not.toContain(key === '' ? 'none' : key);
  }
});

test('whatever a tenant may declare is in step once it has been applied', async () => {
  const folder = join(import.meta.dirname, '../../golden/tenants/everything');
  const files = ['platform', 'tenant'].flatMap((name) => ['-f', join(folder, `${name}.yaml`)]);
  const { stdout } = await sidekey(['tenant', 'render', ...files]);
  // This platform's tenancy guard knows no administrators but those of its own group.
  await stage.cluster.kubectl(['apply', '-f', '-', ...AS_PLATFORM], stdout);
  const diff = await sidekey(['tenant', 'diff', ...files, '--only', 'kubernetes', '-o', 'json'], {
    environment: { KUBECONFIG: stage.cluster.kubeconfig },
  });
  await stage.cluster.kubectl(['delete', '--wait=false', '-f', '-', ...AS_PLATFORM], stdout);
  const { compared, drifts, unanswered } = JSON.parse(diff.stdout) as Report;
  expect(compared).toBeGreaterThan(40);
  // Those of the other tenancy, which nobody declares here.
  expect(drifts.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
    'extra Namespace team-a',
    'extra Namespace team-b',
  ]);
  expect(unanswered).toEqual([]);
});
