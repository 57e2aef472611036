import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GovernedCluster, startGovernedCluster } from './governed/cluster.ts';
import { DENIED } from './governed/denied.ts';
import { inferencePod, type Wish } from './governed/pods.ts';
import { makeReport, type Report, type Row } from './governed/report.ts';
import { withoutWebhooks } from './governed/webhooks.ts';
import { policiesInForce } from '../servers/policies-in-force.ts';
import { askModel, eventuallySeen, getPod, type ModelAnswer, type Pod, waitReady } from './pods.ts';

let cluster: GovernedCluster;

beforeAll(async () => {
  cluster = await startGovernedCluster();
});

afterAll(async () => {
  process.stdout.write(`\n${cluster.transcript.join('\n')}\n`);
  await cluster[Symbol.asyncDispose]();
});

const apply = (team: string, pod: string) => cluster.as(team, ['create', '-f', '-'], pod);

const ready = (name: string, namespace: string): Promise<Pod> =>
  waitReady(cluster.stage.node, name, undefined, namespace);

const answer = (pod: Pod): Promise<ModelAnswer> => askModel(cluster.stage.node, pod);

async function putKey(team: string, key: string): Promise<void> {
  await cluster.stage.bao.api('POST', `secret/data/${team}/api-key`, { data: { key } });
}

describe('one declaration', () => {
  test('becomes objects of the cluster and of the store, which are then in step with it', async () => {
    const out = join(cluster.directory, 'out');
    expect(await cluster.sidekey('tenant', 'render', '-f', cluster.tenants, '-o', out)).toMatchObject({
      code: 0,
    });
    expect(await cluster.run(['kubectl', 'apply', '-R', '-f', join(out, 'kubernetes')])).toMatchObject({
      code: 0,
    });
    expect(await cluster.run(['sh', join(out, 'openbao/apply.sh')])).toMatchObject({ code: 0 });
    await policiesInForce(cluster.stage.node.kubectl);
    await putKey('team-a', 'key-of-a');
    await putKey('team-b', 'key-of-b');
  });

  test('says of each of them when it is not as declared', async () => {
    const diff = () => cluster.sidekey('tenant', 'diff', '-f', cluster.tenants);
    expect(await diff()).toMatchObject({ code: 0 });
    await cluster.run([
      'kubectl',
      'annotate',
      '--overwrite',
      'namespace',
      'team-b',
      'sidekey.dev/gpu-resources=nvidia.com/gpu',
    ]);
    await cluster.stage.bao.api('PUT', 'sys/policies/acl/sidekey-team-b', {
      policy: 'path "secret/*" { capabilities = ["read"] }',
    });
    const { code, stdout } = await diff();
    expect(code).toBe(1);
    expect(stdout).toMatch(/gpu-resources/u);
    expect(stdout).toMatch(/sidekey-team-b/u);
    const out = join(cluster.directory, 'out');
    await cluster.run(['kubectl', 'apply', '-R', '-f', join(out, 'kubernetes')]);
    await cluster.run(['sh', join(out, 'openbao/apply.sh')]);
    expect(await diff()).toMatchObject({ code: 0 });
  });
});

describe('team-a', () => {
  test('gets its slice, and its key through its own role', async () => {
    expect(await apply('team-a', inferencePod())).toMatchObject({ code: 0 });
    const pod = await ready('inference-pod', 'team-a');
    expect((await answer(pod)).first).toContain('key-of-a');
  });

  test.each(DENIED)('cannot %s', async (_, wish, says) => {
    const { code, stderr } = await apply('team-a', inferencePod({ name: 'denied', ...wish }));
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(says) });
  });

  test('is not helped by an administrator who forgets what namespaces are for', async () => {
    const pod = inferencePod({
      namespace: 'default',
      serviceAccount: 'default',
      role: 'team-a',
      path: 'secret/data/team-a/api-key',
    });
    const { code, stderr } = await cluster.run(['sh', '-c', `kubectl create -f - <<'POD'\n${pod}\nPOD`]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/namespace default may not/u);
  });

  test('has two slices, and no third', async () => {
    const annotations = { 'vault.hashicorp.com/agent-pre-populate-only': 'true' };
    expect(await apply('team-a', inferencePod({ name: 'second', annotations }))).toMatchObject({ code: 0 });
    await ready('second', 'team-a');
    const { code, stderr } = await apply('team-a', inferencePod({ name: 'third' }));
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/exceeded quota: sidekey-tenant/u),
    });
  });

  test('cannot give its namespace more', async () => {
    const annotate = [
      'annotate',
      '--overwrite',
      'namespace',
      'team-a',
      'sidekey.dev/gpu-resources=nvidia.com/gpu',
    ];
    expect(await cluster.as('team-a', annotate)).toMatchObject({ code: 1 });
  });

  test('gets no pod without its agent where the injector is not there', async () => {
    await withoutWebhooks(cluster.stage.node, async () => {
      const refused = await eventuallySeen(
        'the webhooks be gone',
        () => apply('team-a', inferencePod({ name: 'bare' })),
        ({ stderr }) => stderr.includes('sidekey-injected'),
      );
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/asks for secrets .* but it has no agent/u);
    });
    await eventuallySeen(
      'the webhooks be back',
      () => cluster.as('team-a', ['create', '--dry-run=server', '-f', '-'], inferencePod({ name: 'bare' })),
      ({ stderr }) => !stderr.includes('sidekey-injected'),
    );
  });
});

describe('team-b', () => {
  const KUBERNETES = {
    'vault.hashicorp.com/auth-type': 'kubernetes',
    'vault.hashicorp.com/auth-path': 'auth/kubernetes',
  };
  const wish: Wish = { namespace: 'team-b', resource: 'nvidia.com/mig-1g.10gb', annotations: KUBERNETES };

  test('gets its own slice and its own key, by the other method', async () => {
    expect(await apply('team-b', inferencePod(wish))).toMatchObject({ code: 0 });
    const pod = await ready('inference-pod', 'team-b');
    expect((await answer(pod)).first).toContain('key-of-b');
  });

  test('cannot start what is team-a’s, nor read it', async () => {
    const slice = inferencePod({ ...wish, name: 'denied', resource: 'nvidia.com/mig-3g.40gb' });
    expect((await apply('team-b', slice)).stderr).toMatch(
      /may not use: model-server -> nvidia.com\/mig-3g.40gb/u,
    );
    const path = inferencePod({ ...wish, name: 'denied', path: 'secret/data/team-a/api-key' });
    expect((await apply('team-b', path)).stderr).toMatch(
      /reads "secret\/data\/team-a\/api-key"; allowed in this namespace, .*: vault:secret\/data\/team-b/u,
    );
  });
});

describe('an administrator', () => {
  let report: Report;
  const inSection = (section: string): readonly Row[] => report.rows.filter((row) => row.section === section);

  test('asks both logs who did what', async () => {
    await putKey('team-a', 'next-key-of-a');
    await eventuallySeen(
      'the new key',
      async () => answer(await getPod(cluster.stage.node, 'inference-pod', 'team-a')),
      ({ now }) => now.includes('next-key-of-a'),
    );
    const look = ['/nodejs/bin/node', '--print', "fs.readFileSync('/vault/secrets/api', 'utf8').length"];
    await cluster.run(['kubectl', '--namespace=team-a', 'exec', 'inference-pod', '--', ...look]);
    report = await makeReport(cluster);
    cluster.transcript.push(report.markdown);
    expect(inSection('integrity')).not.toEqual([]);
  });

  test('sees which pod of team-a had which version', async () => {
    const { uid } = (await getPod(cluster.stage.node, 'inference-pod', 'team-a')).metadata;
    expect(inSection('delivery').filter((row) => row['uid'] === uid)).toMatchObject([
      {
        pod: 'inference-pod',
        path: 'secret/data/team-a/api-key',
        version: 1,
        role: 'team-a',
        tenant: 'team-a',
      },
      { pod: 'inference-pod', path: 'secret/data/team-a/api-key', version: 2 },
    ]);
  });

  test('sees of team-b the service account, which is all that its method of login knows', () => {
    expect(inSection('delivery').filter(({ namespace }) => namespace === 'team-b')).toMatchObject([
      { serviceAccount: 'team-b', path: 'secret/data/team-b/api-key', version: 1 },
    ]);
  });

  test('sees who still has the old key', () => {
    expect(inSection('staleHolder')).toMatchObject([
      { pod: 'second', path: 'secret/data/team-a/api-key', version: 1, newestVersion: 2 },
    ]);
  });

  test('sees what was refused, to whom, and by which policy', () => {
    const refusal = (team: string, policy: string): unknown =>
      expect.objectContaining({ user: `${team}-developer, by way of admin`, policy });
    expect(inSection('denial')).toEqual(
      expect.arrayContaining([
        refusal('team-a', 'sidekey-gpu-resources'),
        refusal('team-a', 'sidekey-gpu-node-selector'),
        // The injector comes before the policies, and knows the bounds of the namespace, too.
        refusal('team-a', '00.sidekey.dev'),
        refusal('team-a', 'sidekey-injected'),
        refusal('team-b', 'sidekey-gpu-resources'),
        refusal('team-b', '00.sidekey.dev'),
      ]),
    );
  });

  test('sees whose hands were in a pod, and what was done to the webhooks', () => {
    expect(inSection('breakGlass')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'exec', user: 'admin', pod: 'inference-pod', namespace: 'team-a' }),
        expect.objectContaining({ kind: 'webhook', operation: 'delete' }),
      ]),
    );
  });

  test('sees that the policies in force are those of this release, and what is in use', () => {
    const states = inSection('policy').map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['as released']));
    expect(inSection('tenant')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ tenant: 'team-a', resource: 'requests.nvidia.com/mig-3g.40gb', used: '2' }),
      ]),
    );
  });

  test('sees no key', () => {
    expect(cluster.transcript.join('\n')).not.toMatch(/key-of-[ab]/u);
    expect(JSON.stringify(report.rows)).not.toMatch(/key-of-[ab]/u);
  });
});
