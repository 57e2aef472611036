import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { type Replica, Stage } from './stage.ts';

const NAMESPACE = 'faults';
const MANIFEST = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'registry', annotations: { 'infisical.com/secret-sync': 'true' } },
});

let stage: Stage;
let first: Replica;
let second: Replica;

beforeAll(async () => {
  stage = await Stage.open();
  stage.write('/registry', 'token', 't0');
  await stage.namespace(NAMESPACE, { 'sidekey.dev/infisical': 'app-x1/dev/registry' });
  first = await stage.start();
  await first.leads();
  second = await stage.start();
  await stage.apply(NAMESPACE, MANIFEST);
  await expectHeld('t0');
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const expectHeld = (token: string): Promise<void> =>
  eventually(token, 2 * PATIENCE_MS, async () =>
    expect(await stage.values(NAMESPACE, 'registry')).toEqual({ token }),
  );

const expectRotated = async (token: string): Promise<void> => {
  stage.write('/registry', 'token', token);
  await expectHeld(token);
};

describe('a fault of the store', () => {
  test.each(['cut', 'broken_body', 'silent', 'bad_gateway'] as const)(
    'empties nothing, and passes: %s',
    async (fault) => {
      const { fake } = stage.world;
      fake.fault = fault;
      await sleep(3000);
      expect(await stage.values(NAMESPACE, 'registry')).toHaveProperty('token');
      expect(await stage.annotations(NAMESPACE, 'registry')).not.toHaveProperty('sidekey.dev/sync-error');
      fake.fault = undefined;
      await expectRotated(`after-${fault}`);
    },
  );

  test('empties nothing while it is down, and a user’s apply is repaired without it', async () => {
    await expectRotated('before-outage');
    await stage.world.fake.close();
    await stage.apply(
      NAMESPACE,
      MANIFEST.replace('"metadata"', '"stringData":{"token":"<auto-managed>"},"metadata"'),
    );
    await expectHeld('before-outage');
    await stage.world.fake.open();
    await expectRotated('after-outage');
  });

  test('empties nothing where the identity may not read any more, says so, and takes it back', async () => {
    const { identity, project } = stage.world;
    identity.projects.delete(project.id);
    await eventually('the error', PATIENCE_MS, async () =>
      expect((await stage.annotations(NAMESPACE, 'registry'))['sidekey.dev/sync-error']).toContain(
        'not a member',
      ),
    );
    expect(await stage.values(NAMESPACE, 'registry')).toEqual({ token: 'after-outage' });
    identity.projects.add(project.id);
    await eventually('no error', PATIENCE_MS, async () =>
      expect(await stage.annotations(NAMESPACE, 'registry')).not.toHaveProperty('sidekey.dev/sync-error'),
    );
  });

  test('empties nothing where the folder is deleted', async () => {
    const folders = stage.world.project.environments.get('dev')?.folders;
    const folder = folders?.get('/registry');
    folders?.delete('/registry');
    await eventually('the error', PATIENCE_MS, async () =>
      expect((await stage.annotations(NAMESPACE, 'registry'))['sidekey.dev/sync-error']).toContain(
        'no such folder',
      ),
    );
    expect(await stage.values(NAMESPACE, 'registry')).toEqual({ token: 'after-outage' });
    if (folder) folders?.set('/registry', folder);
    await expectRotated('folder-back');
  });

  test('no login is repeated for a token that was revoked but one', async () => {
    const logins = (): number => stage.world.fake.count('kubernetes-auth/login 200');
    const before = logins();
    stage.world.fake.identities.revokeAll();
    await expectRotated('after-revocation');
    expect(logins()).toBe(before + 1);
  });
});

describe('two replicas', () => {
  test('of which one leads: the other takes over when it dies, and nothing is lost', async () => {
    // On a machine that stood still, the lead may have changed.
    await eventually('one that leads', PATIENCE_MS, async () => {
      const leads = [await first.isLeader(), await second.isLeader()];
      expect(leads.filter((one) => one)).toHaveLength(1);
      if (leads[1]) [first, second] = [second, first];
    });
    process.kill(first.process.pid, 'SIGKILL');
    stage.write('/registry', 'token', 'while-nobody-leads');
    await second.leads();
    await expectHeld('while-nobody-leads');
  });

  test('of which one is asked to end: it releases the lead at once', async () => {
    const holder = await stage.holder();
    expect(holder).not.toBe('');
    const third = await stage.start();
    await second[Symbol.asyncDispose]();
    expect(await stage.holder()).not.toBe(holder);
    await third.leads();
    await expectRotated('third');
  });
});

describe('the API server', () => {
  test('may be restarted', async () => {
    await stage.cluster.restart();
    await expectRotated('after-restart');
    await stage.apply(NAMESPACE, MANIFEST.replace('"metadata"', '"stringData":{"token":""},"metadata"'));
    await expectHeld('after-restart');
  });

  test('may refuse: the Secret keeps its values, the refusal is counted, and it is tried again', async () => {
    const quota = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'refuse-tokens' },
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['secrets'] },
          ],
        },
        validations: [{ expression: "object.metadata.namespace != 'faults'", message: 'not today' }],
      },
    };
    const binding = {
      apiVersion: quota.apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'refuse-tokens' },
      spec: { policyName: 'refuse-tokens', validationActions: ['Deny'] },
    };
    const list = { apiVersion: 'v1', kind: 'List', items: [quota, binding] };
    await stage.cluster.kubectl(['apply', '--filename=-'], JSON.stringify(list));
    const leader = stage.replicas.at(-1);
    const touch = ['annotate', 'secret', `--namespace=${NAMESPACE}`, 'registry', 'a=b', '--dry-run=server'];
    await eventually('the policy in force', PATIENCE_MS, () =>
      expect(stage.cluster.kubectl(touch)).rejects.toThrow('not today'),
    );
    stage.write('/registry', 'token', 'refused');
    await eventually('the refusal', PATIENCE_MS, async () =>
      expect(await leader?.metric('sidekey_sync_results_total{result="refused"}')).toBeGreaterThan(0),
    );
    expect(await stage.values(NAMESPACE, 'registry')).toEqual({ token: 'after-restart' });
    await stage.cluster.kubectl(['delete', '--filename=-'], JSON.stringify(list));
    await expectRotated('allowed-again');
  });

  test('may take the right to read Secrets away: nothing is lost, and it goes on when it has it back', async () => {
    const read = ['get', 'clusterrole', 'sidekey-sync', '--output=json'];
    const role = JSON.parse(await stage.cluster.kubectl(read)) as { rules: object[]; metadata: object };
    const without = { ...role, rules: [] };
    await stage.cluster.kubectl(
      ['replace', '--filename=-'],
      JSON.stringify({ ...without, metadata: { name: 'sidekey-sync' } }),
    );
    const may = ['auth', 'can-i', 'patch', 'secrets', `--namespace=${NAMESPACE}`, `--as=${stage.account}`];
    await eventually('no right', PATIENCE_MS, () => expect(stage.cluster.kubectl(may)).rejects.toThrow('no'));
    stage.write('/registry', 'token', 'without-rights');
    const leader = stage.replicas.at(-1);
    await eventually('the refusal', PATIENCE_MS, async () =>
      expect(await leader?.metric('sidekey_sync_api_errors_total{reason="forbidden"}')).toBeGreaterThan(0),
    );
    expect(await stage.values(NAMESPACE, 'registry')).toEqual({ token: 'allowed-again' });
    await stage.cluster.kubectl(
      ['replace', '--filename=-'],
      JSON.stringify({ ...role, metadata: { name: 'sidekey-sync' } }),
    );
    await expectHeld('without-rights');
  });
});
