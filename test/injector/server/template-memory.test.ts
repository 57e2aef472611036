import { beforeEach, describe, expect, test } from 'vitest';
import { type JsonObject, listIn, objectIn } from '#contract/json.ts';
import { createLog } from '#platform/log.ts';
import { review } from '../../../injector/admission/handler.ts';
import type { Settings } from '../../../injector/admission/settings.ts';
import { createInjectorMetrics, type InjectorMetrics } from '../../../injector/metrics.ts';
import { createExchange } from '../../../injector/server/exchange.ts';
import type { Grounds } from '../../../injector/server/template-memory.ts';
import { cases, load } from '../../golden/cases.ts';
import { annotations, podWith, SETTINGS } from '../admission/example.ts';

/** What an API server makes up. */
interface MadeUp {
  readonly uid: string;
  readonly volume: string;
  readonly time: string;
}

const FIRST: MadeUp = {
  uid: '6ca280f7-5c7b-4108-af87-b2843eec4176',
  volume: 'kube-api-access-8gthj',
  time: '2026-11-26T10:35:11Z',
};
const SECOND: MadeUp = {
  uid: 'e6cf82be-265b-46bb-aae0-835f90c3723d',
  volume: 'kube-api-access-kg7gf',
  time: '2026-11-26T10:35:12Z',
};

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The pod as a controller makes it of its template, and with what the API server adds to it before it asks. */
function stamped(pod: JsonObject, { volume, time }: MadeUp): JsonObject {
  const { name: _, ...metadata } = objectIn(pod, 'metadata');
  const spec = objectIn(pod, 'spec');
  const token = { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } };
  const mount = { name: volume, readOnly: true, mountPath: ACCOUNT };
  return {
    ...pod,
    metadata: {
      generateName: 'model-6b6579ff4-',
      ...metadata,
      managedFields: [{ manager: 'kube-controller-manager', operation: 'Update', apiVersion: 'v1', time }],
    },
    spec: {
      ...spec,
      volumes: [...listIn(spec, 'volumes'), { name: volume, projected: { sources: [token] } }],
      containers: listIn(spec, 'containers').map((container) => ({
        ...container,
        volumeMounts: [...listIn(container, 'volumeMounts'), mount],
      })),
    },
  };
}

/** As Go's encoder writes it. */
function reviewOf(object: JsonObject, uid: string, namespace = 'team-a'): string {
  const resource = { group: '', version: 'v1', resource: 'pods' };
  const request = { uid, resource, namespace, operation: 'CREATE', object };
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request });
}

let metrics: InjectorMetrics;
let lines: string[];
let decisions: number;

beforeEach(() => {
  metrics = createInjectorMetrics({ requests: 0 });
  lines = [];
  decisions = 0;
});

function exchange(grounds?: Grounds, settings: Settings = SETTINGS): (body: string) => JsonObject {
  const log = createLog('info', 'injector', { write: (line) => void lines.push(line) });
  const answer = createExchange({
    decide: (request) => {
      decisions += 1;
      return review(request, settings);
    },
    ...(grounds && { grounds }),
    metrics,
    log,
  });
  return (body) => JSON.parse(answer(Buffer.from(body))) as JsonObject;
}

const POD = podWith(annotations());

/** Who has seen the first pod says the same of the second as who has not. */
function expectLikeFresh(first: string, second: string, settings?: Settings): void {
  const remembering = exchange(undefined, settings);
  remembering(first);
  expect(remembering(second)).toEqual(exchange(undefined, settings)(second));
}

describe('of the pods of one template the second is answered as the first would be', () => {
  test.each(cases)('%s', (name) => {
    const { pod, settings } = load(name);
    expectLikeFresh(
      reviewOf(stamped(pod, FIRST), FIRST.uid),
      reviewOf(stamped(pod, SECOND), SECOND.uid),
      settings,
    );
  });
});

test('a pod of a known template is not looked at, and is counted and logged like any other', async () => {
  const answer = exchange();
  answer(reviewOf(stamped(POD, FIRST), FIRST.uid));
  const { response } = answer(reviewOf(stamped(POD, SECOND), SECOND.uid));
  expect(decisions).toBe(1);
  expect(response).toMatchObject({ uid: SECOND.uid, allowed: true, patchType: 'JSONPatch' });
  const [first, second] = lines.map((line) => JSON.parse(line) as JsonObject);
  expect(second).toEqual({ ...first, uid: SECOND.uid, time: second?.['time'], ms: second?.['ms'] });
  const text = await metrics.expose();
  expect(text).toContain('sidekey_injector_requests_total{result="injected",reason="run"} 2\n');
  expect(text).toContain('sidekey_injector_injected_pods_total{accelerator="none"} 2\n');
  expect(text).toContain('sidekey_injector_patch_bytes_count 2\n');
});

/** How often it decides about two reviews. */
function decisionsAbout(first: string, second: string, grounds?: Grounds): number {
  const answer = exchange(grounds);
  answer(first);
  answer(second);
  return decisions;
}

const stampedReview = (made: MadeUp, pod = POD): string => reviewOf(stamped(pod, made), made.uid);

test.each<[string, string]>([
  ['another annotation', stampedReview(SECOND, podWith(annotations({ role: 'other' })))],
  ['another namespace', reviewOf(stamped(POD, SECOND), SECOND.uid, 'other')],
  ['another second volume of the kind', stampedReview(SECOND).replace('kg7gf"', 'kg7gg"')],
  ['a volume by another name', stampedReview(SECOND).replaceAll('kg7gf', 'kg7g')],
  [
    'no volume',
    reviewOf({ ...POD, metadata: { ...objectIn(POD, 'metadata'), generateName: 'x' } }, FIRST.uid),
  ],
  ['a time of another form', stampedReview(SECOND).replace('10:35:12Z', '10:35:12.5Z')],
  ['a dry run', stampedReview(SECOND).replace('"CREATE"', '"CREATE","dryRun":true')],
])('a pod with %s is looked at', (_, second) => {
  expect(decisionsAbout(stampedReview(FIRST), second)).toBe(2);
});

test('a pod with a name of its own is looked at each time', () => {
  const named = (made: MadeUp): string => stampedReview(made).replace('"generateName"', '"name"');
  expect(decisionsAbout(named(FIRST), named(SECOND))).toBe(2);
});

test('a pod is looked at again when what is known of its namespace has changed', () => {
  let known = {};
  const answer = exchange((namespace) => [namespace === 'team-a' ? known : undefined]);
  answer(stampedReview(FIRST));
  answer(stampedReview(SECOND));
  expect(decisions).toBe(1);
  known = {};
  answer(stampedReview(SECOND));
  expect(decisions).toBe(2);
});

const VOLUME_NAME = 'agent-service-account-token-volume-name';

test.each<[string, (made: MadeUp) => JsonObject]>([
  ['in an annotation', ({ volume }) => podWith(annotations({ [VOLUME_NAME]: volume }))],
  [
    'in a mount that is copied',
    ({ volume }) => {
      const volumeMounts = [{ name: volume, mountPath: '/tokens' }];
      const copying = annotations({ 'agent-copy-volume-mounts': 'model-server' });
      return podWith(copying, { containers: [{ name: 'model-server', image: 'x', volumeMounts }] });
    },
  ],
])('a pod whose answer names what was made up is answered by itself: %s', (_, pod) => {
  expectLikeFresh(stampedReview(FIRST, pod(FIRST)), stampedReview(SECOND, pod(SECOND)));
});

test('a pod that names what was made up for another one is answered by itself', () => {
  const escaped = FIRST.volume.replace('k', '\\u006b');
  const about = (made: MadeUp): string =>
    stampedReview(made, podWith(annotations({ [VOLUME_NAME]: 'VOLUME' }))).replace('VOLUME', escaped);
  expectLikeFresh(about(FIRST), about(SECOND));
});

test('a fault is no decision: the next pod is looked at, and has its own line in the log', () => {
  const seen: string[] = [];
  const answer = createExchange({
    decide: (request) => {
      seen.push(request.uid);
      throw new TypeError('broken');
    },
    metrics,
    log: createLog('error', 'injector', { write: (line) => void lines.push(line) }),
  });
  for (const made of [FIRST, SECOND]) answer(Buffer.from(stampedReview(made)));
  expect(seen).toEqual([FIRST.uid, SECOND.uid]);
  expect(lines.map((line) => (JSON.parse(line) as JsonObject)['uid'])).toEqual(seen);
});

test('a uid that is said twice is taken as JSON has it', () => {
  const twice = (made: MadeUp): string =>
    stampedReview(made).replace('"resource":', `"uid":"${FIRST.uid}","resource":`);
  expectLikeFresh(twice(FIRST), twice(SECOND));
  expectLikeFresh(twice(SECOND), twice(FIRST));
});

test('what is no JSON is refused, though it looks like what is remembered', () => {
  const answer = exchange();
  answer(stampedReview(FIRST));
  const hole = stampedReview(SECOND).replaceAll('kube-api-access-kg7gf', '\0');
  expect(() => answer(hole)).toThrow('it is not JSON');
});

/** Of one Deployment or another, each as long as all others. */
const ofDeployment = (index: number, role = 'ml'): string =>
  stampedReview(FIRST, podWith(annotations({ role }))).replace('model-6b65', `model-${1000 + index}`);

test('the templates that came last are remembered, and long ones are not', () => {
  const answer = exchange();
  for (let index = 0; index < 200; index += 1) answer(ofDeployment(index));
  expect(decisions).toBe(200);
  for (let index = 100; index < 200; index += 1) answer(ofDeployment(index));
  expect(decisions).toBe(200);
  answer(ofDeployment(0));
  expect(decisions).toBe(201);
  answer(ofDeployment(0, 'x'.repeat(70_000)));
  answer(ofDeployment(0, 'x'.repeat(70_000)));
  expect(decisions).toBe(203);
});

test('templates of one name and length do not stand for each other', () => {
  const answer = exchange();
  const [first, second] = [ofDeployment(0, 'red'), ofDeployment(0, 'sea')];
  expect(answer(first)).not.toEqual(answer(second));
  expect(answer(first)).toEqual(exchange()(first));
  expect(answer(second)).toEqual(exchange()(second));
});
