import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventuallySeen } from './pods.ts';
import { setStage, type Stage } from './stage.ts';

/** The user’s Secret. */
const SECRET = `apiVersion: v1
kind: Secret
metadata:
  name: model-registry
  annotations:
    infisical.com/secret-sync: "true"
type: Opaque
stringData:
  MODEL_TOKEN: "<auto-managed>"
`;

let stage: Stage;

beforeAll(async () => {
  stage = await setStage({}, { sync: true });
  await stage.infisical.write('MODEL_TOKEN', 'i1');
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const token = async (): Promise<string> => {
  const path = '--output=jsonpath={.data.MODEL_TOKEN}';
  const value = await stage.node.kubectl(['get', 'secret', 'model-registry', path]);
  return Buffer.from(value, 'base64').toString();
};

const expectToken = async (wanted: string): Promise<void> => {
  expect(await eventuallySeen(`the token ${wanted}`, token, (value) => value === wanted)).toBe(wanted);
};

const replicas = async (): Promise<readonly string[]> => {
  const labels = '--selector=app.kubernetes.io/component=sync';
  const names = await stage.node.kubectl(['--namespace=sidekey', 'get', 'pods', labels, '--output=name']);
  return names.trim().split('\n');
};

describe('the sync, installed as the README says, on a real node', () => {
  it('comes up with two replicas in a namespace that enforces Pod Security "restricted"', async () => {
    const rollout = ['rollout', 'status', 'deployment/sidekey-sync', '--timeout=240s'];
    expect(await stage.node.kubectl(['--namespace=sidekey', ...rollout])).toContain(
      'successfully rolled out',
    );
    expect(await replicas()).toHaveLength(2);
    const namespace = await stage.node.kubectl(['get', 'namespace', 'sidekey', '--output=json']);
    expect(namespace).toContain('"pod-security.kubernetes.io/enforce": "restricted"');
  });

  it('fills the user’s Secret by its own service account, reviewed by this API server, and rotates it', async () => {
    await stage.node.kubectl(['annotate', 'namespace', 'default', 'sidekey.dev/infisical=ml/prod/serving']);
    await stage.node.kubectl(['apply', '-f', '-'], SECRET);
    await expectToken('i1');
    await stage.infisical.write('MODEL_TOKEN', 'i2');
    await expectToken('i2');
    await stage.node.kubectl(['apply', '-f', '-'], SECRET);
    await expectToken('i2');
    const described = await stage.node.kubectl(['describe', 'secret', 'model-registry']);
    expect(described).toContain('sidekey.dev/managed-keys: MODEL_TOKEN');
  });

  it('goes on when the leader’s pod is killed', async () => {
    const lease = ['get', 'lease', 'sidekey-sync', '--output=jsonpath={.spec.holderIdentity}'];
    const holder = await stage.node.kubectl(['--namespace=sidekey', ...lease]);
    const leader = (await replicas()).find((name) => holder.startsWith(name.replace('pod/', '')));
    expect(leader).toBeDefined();
    await stage.node.kubectl(['--namespace=sidekey', 'delete', leader ?? '', '--grace-period=0', '--force']);
    await stage.infisical.write('MODEL_TOKEN', 'i3');
    await expectToken('i3');
  });

  it('cannot write what does not ask, whatever its account is used for', async () => {
    await stage.node.kubectl(['create', 'secret', 'generic', 'unrelated', '--from-literal=a=b']);
    const as = '--as=system:serviceaccount:sidekey:sidekey-sync';
    const patch = ['patch', 'secret', 'unrelated', as, '--patch={"stringData":{"a":"c"}}'];
    const { stderr, code } = await stage.node.attempt(['kubectl', ...patch]);
    expect(code).toBe(1);
    expect(stderr).toContain('sidekey-sync-guard');
  });
});
