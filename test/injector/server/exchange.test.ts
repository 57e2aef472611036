import * as fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { createLog } from '#platform/log.ts';
import { review, type Verdict } from '../../../injector/admission/handler.ts';
import type { AdmissionRequest } from '../../../injector/admission/review.ts';
import type { Settings } from '../../../injector/admission/settings.ts';
import { createInjectorMetrics, type InjectorMetrics } from '../../../injector/metrics.ts';
import { createExchange } from '../../../injector/server/exchange.ts';
import { Refusal } from '../../../injector/server/refusal.ts';
import { injected } from '../admission/example.ts';

const SETTINGS: Settings = {
  agentImage: 'sidekey/agent:1',
  ownNamespace: 'sidekey',
  vault: {
    address: 'https://vault:8200',
    allowedAddresses: [],
    authMethod: 'kubernetes',
    authPath: 'auth/kubernetes',
    timeoutMs: 10_000,
  },
  pollMs: 300_000,
  nativePollMs: 60_000,
  startDeadlineMs: null,
  revokeOnShutdown: false,
};

const POD = {
  metadata: {
    generateName: 'inference-',
    annotations: {
      'vault.hashicorp.com/agent-inject': 'true',
      'vault.hashicorp.com/role': 'ml-inference',
      'vault.hashicorp.com/agent-inject-secret-api': 'secret/data/hunter2',
    },
  },
  spec: { containers: [{ name: 'model-server', image: 'cuda', env: [{ name: 'K', value: 'hunter2' }] }] },
};

let metrics: InjectorMetrics;
let lines: string[];

beforeEach(() => {
  metrics = createInjectorMetrics({ requests: 0 });
  lines = [];
});

function reviewOf(object: object, uid = 'uid-1'): string {
  const resource = { group: '', version: 'v1', resource: 'pods' };
  const request = { uid, operation: 'CREATE', namespace: 'ml', resource, object };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
}

type Decide = (request: AdmissionRequest) => Verdict;

function exchange(body: string | Buffer, decide: Decide = (request) => review(request, SETTINGS)): Answer {
  const log = createLog('info', 'injector', { write: (line) => lines.push(line) });
  const answer: unknown = JSON.parse(createExchange({ decide, metrics, log })(Buffer.from(body)));
  return answer as Answer;
}

interface Answer {
  readonly apiVersion: string;
  readonly kind: string;
  readonly response: { readonly uid: string; readonly allowed: boolean; readonly patch?: string };
}

test('an injected pod is answered with a patch, logged by name and counted', async () => {
  const { apiVersion, kind, response } = exchange(reviewOf(POD));
  expect({ apiVersion, kind }).toEqual({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' });
  expect(response).toMatchObject({ uid: 'uid-1', allowed: true, patchType: 'JSONPatch' });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    uid: 'uid-1',
    namespace: 'ml',
    generate_name: 'inference-',
    result: 'injected',
    reason: 'run',
    msg: 'Decided',
  });
  const text = await metrics.expose();
  expect(text).toContain('sidekey_injector_requests_total{result="injected",reason="run"} 1\n');
  expect(text).toContain('sidekey_injector_request_duration_seconds_count 1\n');
  expect(text).toContain('sidekey_injector_patch_bytes_count 1\n');
});

test('an injected pod is counted once under what it computes on, however often it is looked at', async () => {
  const gpu = { resources: { limits: { 'nvidia.com/mig-3g.40gb': '1' } } };
  const pod = { ...POD, spec: { containers: [{ name: 'model-server', image: 'cuda', ...gpu }] } };
  exchange(reviewOf(pod));
  exchange(reviewOf(injected(pod, SETTINGS)));
  exchange(reviewOf(POD));
  exchange(reviewOf({ spec: pod.spec }));
  const text = await metrics.expose();
  const series = text.split('\n').filter((line) => line.startsWith('sidekey_injector_injected_pods_total{'));
  expect(series.filter((line) => !line.endsWith(' 0')).toSorted()).toEqual([
    'sidekey_injector_injected_pods_total{accelerator="none"} 1',
    'sidekey_injector_injected_pods_total{accelerator="nvidia-mig"} 1',
  ]);
  expect(series).toContain('sidekey_injector_injected_pods_total{accelerator="dra"} 0');
});

test('neither annotations nor what stands in the pod nor the patch is logged', () => {
  const { response } = exchange(reviewOf(POD));
  exchange(
    reviewOf({ ...POD, metadata: { annotations: { ...POD.metadata.annotations, [KEY]: 'hunter2' } } }),
  );
  expect(lines).toHaveLength(2);
  expect(lines.join('')).not.toMatch(/hunter2|ml-inference|cuda/u);
  expect(lines.join('')).not.toContain(response.patch);
});

const KEY = 'vault.hashicorp.com/agent-inject';

test('a denied and a skipped pod are counted under their reasons', async () => {
  const invalid = { ...POD, metadata: { annotations: { [KEY]: 'yes' } } };
  expect(exchange(reviewOf(invalid)).response).toMatchObject({ allowed: false });
  expect(exchange(reviewOf({ spec: {} })).response).toMatchObject({ allowed: true });
  const text = await metrics.expose();
  expect(text).toContain('requests_total{result="denied",reason="invalid"} 1\n');
  expect(text).toContain('requests_total{result="skipped",reason="not_requested"} 1\n');
});

test('a fault in the decision denies with a general message, and only where it was is logged', async () => {
  const { response } = exchange(reviewOf(POD, 'uid-7'), () => {
    throw new TypeError('cannot read hunter2');
  });
  expect(response).toMatchObject({ uid: 'uid-7', allowed: false, status: { code: 500 } });
  expect(JSON.stringify(response)).not.toContain('hunter2');
  const [fault, decided] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(fault).toMatchObject({ level: 'error', uid: 'uid-7', error: 'TypeError' });
  expect(JSON.stringify(fault)).toContain('exchange.test.ts');
  expect(JSON.stringify(fault)).not.toContain('hunter2');
  expect(decided).toMatchObject({ result: 'failed', reason: 'internal' });
  expect(await metrics.expose()).toContain('requests_total{result="failed",reason="internal"} 1\n');
});

test('names longer than any of Kubernetes are cut in the log', () => {
  exchange(reviewOf({ metadata: { name: 'x'.repeat(10_000) } }, 'y'.repeat(10_000)));
  expect(lines.join('').length).toBeLessThan(1000);
});

const refusalOf = (body: string | Buffer): string => {
  try {
    exchange(body);
  } catch (error) {
    return error instanceof Refusal ? `${error.status} ${error.reason}` : 'no refusal';
  }
  return 'none';
};

test.each([
  ['nothing', '', '400 empty'],
  ['broken JSON', '{"a":', '400 not_json'],
  ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), '400 not_json'],
  ['JSON that is no object', '[]', '400 not_a_review'],
  ['another kind', '{"apiVersion":"v1","kind":"Pod"}', '400 not_a_review'],
  ['a version of the future', reviewOf(POD).replace('k8s.io/v1', 'k8s.io/v2'), '400 not_a_review'],
  ['no request', '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', '400 not_a_review'],
  ['no uid', reviewOf(POD, ''), '400 not_a_review'],
])('%s is refused', (_, body, expected) => {
  expect(refusalOf(body)).toBe(expected);
});

test('a pod of any depth is answered', () => {
  const deep = reviewOf(POD).replace('"model-server"', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
  expect(exchange(deep).response.uid).toBe('uid-1');
});

/** The parts of a review, each now and then replaced by something else. */
const damaged = fc.json({ maxDepth: 4 }).chain((json) => {
  const body = reviewOf(POD);
  return fc
    .tuple(fc.nat(body.length), fc.nat(40), fc.constantFrom('', json, '"', '{}', 'null', '\0', '1e999'))
    .map(([start, length, text]) => body.slice(0, start) + text + body.slice(start + length));
});

test('any body is answered with a review or refused with 400; nothing else is thrown', () => {
  const bodies = fc.oneof(
    damaged,
    fc.json().map((json) => reviewOf(JSON.parse(json) as object)),
    fc.json(),
  );
  fc.assert(
    fc.property(bodies, (body) => {
      try {
        const { kind, response } = exchange(body);
        return kind === 'AdmissionReview' && typeof response.allowed === 'boolean';
      } catch (error) {
        return error instanceof Refusal && error.status === 400;
      }
    }),
    { interruptAfterTimeLimit: 5000, markInterruptAsFailure: false, numRuns: 1_000_000 },
  );
  expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
}, 20_000);

test('every series of the requests is there before the first request', async () => {
  const text = await metrics.expose();
  expect(text).toContain('requests_total{result="refused",reason="too_large"} 0\n');
  expect(text).toContain('requests_total{result="skipped",reason="foreign_injector"} 0\n');
  expect(text).toMatch(/^sidekey_injector_build_info\{version="[\d.]+"\} 1$/mu);
  expect(text).toMatch(/^sidekey_injector_event_loop_lag_seconds [\d.e-]+$/mu);
});

test('what is nested deeper than can be written is refused, and is no fault of ours', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const body = reviewOf({ ...POD, spec: { ...POD.spec, volumes: [{ name: 'deep' }] } }).replace(
    '"deep"',
    deep,
  );
  expect(() => exchange(body)).toThrow(/nested deeper than a pod can be/u);
  expect(lines.join('')).not.toContain('Cannot decide');
});
