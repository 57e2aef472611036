import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { systemClock } from '#platform/clock.ts';
import { applyObject } from '#platform/kubernetes/apply.ts';
import { createKubernetes, type Kubernetes } from '#platform/kubernetes/client.ts';
import { createRecorder } from '#platform/kubernetes/event.ts';
import { identityOf, versionOf } from '#platform/kubernetes/metadata.ts';
import { loopbackCertificate } from '../../servers/certificate.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { POLICY } from './policy.ts';
import { NAMESPACE, NEVER, openStage, secret, SECRETS, type Stage } from './stage.ts';

const CANARY = 'canary-4f9d1c7e';

let stage: Stage;
let worker: Kubernetes;

beforeAll(async () => {
  stage = await openStage();
  worker = stage.client('worker');
});

afterAll(() => stage.stop());

const apply = (
  name: string,
  object: JsonObject,
  force = true,
  fieldManager = 'sidekey',
): Promise<JsonObject> =>
  applyObject(worker, { path: `${SECRETS}/${name}`, object, fieldManager, force }, NEVER);

const remove = (name: string): Promise<JsonObject> =>
  worker.request({ method: 'DELETE', path: `${SECRETS}/${name}` }, NEVER);

const uidOf = (object: JsonObject): string => textIn(objectIn(object, 'metadata'), 'uid');

/** The object as it is applied to one of this uid and no other. */
const of = (uid: string, object: JsonObject): JsonObject => ({
  ...object,
  metadata: { ...objectIn(object, 'metadata'), uid },
});

describe('an apply', () => {
  test('makes an object, and the same again changes nothing', async () => {
    const made = await apply('applied', secret('applied', 'a'));
    expect(made).toMatchObject({ kind: 'Secret', data: { token: 'YQ==' } });
    expect(versionOf(await apply('applied', secret('applied', 'a')))).toBe(versionOf(made));
  });

  test('of an object that is gone does not bring it back', async () => {
    const uid = uidOf(await apply('gone', secret('gone', 'a')));
    await remove('gone');
    await expect(apply('gone', of(uid, secret('gone', 'b')))).rejects.toMatchObject({
      reason: 'conflict',
      conflict: 'changed',
    });
    await expect(worker.request({ method: 'GET', path: `${SECRETS}/gone` }, NEVER)).rejects.toMatchObject({
      reason: 'not_found',
    });
  });

  test('does not go to another object of the same name', async () => {
    const uid = uidOf(await apply('anew', secret('anew', 'a')));
    await remove('anew');
    await apply('anew', secret('anew', 'b'));
    await expect(apply('anew', of(uid, secret('anew', 'c')))).rejects.toMatchObject({
      reason: 'conflict',
      conflict: 'changed',
    });
  });

  test('takes a field of another manager only by force', async () => {
    await apply('owned', secret('owned', 'a'), true, 'somebody-else');
    await expect(apply('owned', secret('owned', 'b'), false)).rejects.toMatchObject({
      reason: 'conflict',
      conflict: 'owned',
      fields: ['.data.token'],
    });
    expect(await apply('owned', secret('owned', 'b'))).toMatchObject({ data: { token: 'Yg==' } });
  });

  test('with an old version is a conflict', async () => {
    const old = versionOf(await apply('old', secret('old', 'a')));
    await apply('old', secret('old', 'b'));
    const object = secret('old', 'c');
    const stale = { ...object, metadata: { ...objectIn(object, 'metadata'), resourceVersion: old } };
    await expect(apply('old', stale)).rejects.toMatchObject({ reason: 'conflict', conflict: 'changed' });
  });

  test('that is invalid names the field, and not what is in it', async () => {
    const object: JsonObject = {
      ...secret('invalid', 'a'),
      type: 'kubernetes.io/tls',
      data: { [CANARY]: 'YQ==' },
    };
    const { message } = await failed(apply('invalid', object));
    expect(message).toBe(
      `Cannot patch secrets invalid in ${NAMESPACE}: the API server refuses the request as invalid: data[tls.crt], data[tls.key] (422)`,
    );
    const spaced: JsonObject = { ...secret('invalid', 'a'), data: { [`${CANARY} x`]: 'YQ==' } };
    expect((await failed(apply('invalid', spaced))).message).not.toContain(CANARY);
  });

  test('that a policy denies names the policy, and nothing of what it says', async () => {
    await stage.cluster.kubectl(['apply', '--filename=-'], JSON.stringify(POLICY));
    try {
      const denied = await eventually('the policy in force', PATIENCE_MS, async () => {
        const error = await failed(apply('denied', secret('denied', CANARY)));
        expect(error.message).toContain('ValidatingAdmissionPolicy');
        return error;
      });
      expect(denied.message).toContain(
        `Cannot patch secrets denied in ${NAMESPACE}: the ValidatingAdmissionPolicy sidekey-kubernetes-test denies it`,
      );
      expect(denied.message).not.toContain(Buffer.from(CANARY).toString('base64'));
    } finally {
      await stage.cluster.kubectl(['delete', '--filename=-'], JSON.stringify(POLICY));
    }
  });
});

async function failed(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.catch((error: unknown) => error);
  if (!(outcome instanceof Error)) throw new Error('It did not fail');
  return outcome;
}

describe('an Event', () => {
  const kubectl = (...args: readonly string[]): Promise<string> =>
    stage.cluster.kubectl([...args, `--namespace=${NAMESPACE}`]);

  test('is what kubectl shows of an object, with how often it came', async () => {
    const lost: string[] = [];
    const recorder = createRecorder(
      worker,
      { component: 'sidekey-sync', instance: 'sync-0' },
      { clock: systemClock, random: Math.random, onLost: (reason) => void lost.push(reason) },
    );
    const involved = {
      kind: 'Secret',
      apiVersion: 'v1',
      ...identityOf(await apply('told', secret('told', 'a'))),
    };
    const note = 'Cannot read infisical:models/prod/registry: it is not there';
    const shown = (pattern: RegExp): Promise<void> =>
      eventually(`an Event like ${String(pattern)}`, PATIENCE_MS, async () => {
        expect(await kubectl('events', '--for=secret/told')).toMatch(pattern);
      });
    recorder.record({ involved, type: 'Warning', reason: 'SyncFailed', note });
    await shown(/Warning +SyncFailed +Secret\/told +Cannot read infisical:models\/prod\/registry/u);
    recorder.record({ involved, type: 'Warning', reason: 'SyncFailed', note });
    recorder.record({ involved, type: 'Warning', reason: 'SyncFailed', note });
    await shown(/\(x3 over \S+\) +Warning +SyncFailed/u);
    const account = await kubectl('get', 'serviceaccount', 'worker', '--output=json');
    recorder.record({
      involved: {
        kind: 'ServiceAccount',
        apiVersion: 'v1',
        ...identityOf(JSON.parse(account) as JsonObject),
      },
      type: 'Normal',
      reason: 'Synced',
      note: 'Filled token',
    });
    await recorder.close();
    expect(await kubectl('describe', 'serviceaccount', 'worker')).toMatch(
      /Normal +Synced +\S+ +sidekey-sync +Filled token/u,
    );
    expect(lost).toEqual([]);
  });
});

describe('who may not', () => {
  test('is told which verb is wanting, and who wants it', async () => {
    const nobody = stage.client('nobody');
    await expect(nobody.request({ method: 'GET', path: '/api/v1/secrets' }, NEVER)).rejects.toMatchObject({
      reason: 'forbidden',
      status: 403,
      message: `Cannot list secrets: system:serviceaccount:${NAMESPACE}:nobody may not; grant it the verb "list" on "secrets" (403)`,
    });
    const lease = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/a`;
    await expect(nobody.request({ method: 'GET', path: lease }, NEVER)).rejects.toMatchObject({
      message: `Cannot get leases a in ${NAMESPACE}: system:serviceaccount:${NAMESPACE}:nobody may not; grant it the verb "get" on "leases" of coordination.k8s.io (403)`,
    });
  });

  test('because its token is none is unauthorized', async () => {
    const stranger = stage.client('stranger');
    await expect(stranger.request({ method: 'GET', path: SECRETS }, NEVER)).rejects.toMatchObject({
      reason: 'unauthorized',
    });
  });
});

test('an API server of an unknown authority is not talked to', async () => {
  const { caPem } = await loopbackCertificate();
  const token = (): string => 'never sent';
  const kubernetes = createKubernetes({ address: stage.address, caPem, token, clock: systemClock });
  await expect(kubernetes.request({ method: 'GET', path: SECRETS }, NEVER)).rejects.toMatchObject({
    reason: 'unreachable',
  });
  await kubernetes.close();
});
