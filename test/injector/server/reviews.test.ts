import { describe, expect, test } from 'vitest';
import { createLog } from '#platform/log.ts';
import { review } from '../../../injector/admission/handler.ts';
import { createInjectorMetrics } from '../../../injector/metrics.ts';
import { createExchange } from '../../../injector/server/exchange.ts';
import { examplePod, SETTINGS } from '../admission/example.ts';

const POD = examplePod();

const body = (request: object = {}, more: object = {}): string => {
  const resource = { group: '', version: 'v1', resource: 'pods' };
  const own = { uid: 'uid-1', operation: 'CREATE', namespace: 'team-a', resource, object: POD, ...request };
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: own,
    ...more,
  });
};

const exchange = (text: string | Buffer) => {
  const decide = (request: Parameters<typeof review>[0]) => review(request, SETTINGS);
  const metrics = createInjectorMetrics({ requests: 0 });
  const answer = createExchange({ decide, metrics, log: createLog('silent', 'test') })(Buffer.from(text));
  return JSON.parse(answer) as { apiVersion: string; response: Record<string, unknown> };
};

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('a review is answered', () => {
  test.each([
    ['of 3 MiB', body({ object: { ...POD, status: { message: 'x'.repeat(3 * 1024 * 1024) } } })],
    ['of a pod that is nested 10,000 deep', body().replace('"spec":', `"later":${nested(10_000)},"spec":`)],
    ['of a dry run', body({ dryRun: true })],
    ['whose namespace is not said', body({ namespace: undefined })],
    ['with fields of a later API server', body({ userInfo: { later: [1] }, later: null }, { later: true })],
    ['with half of a character in a name', body().replace('model-server', String.raw`\ud800`)],
    [
      'of an object that would change all others',
      body().replace('"metadata":', '"__proto__":{"x":1},"metadata":'),
    ],
  ])('%s, with a patch', (_, text) => {
    const { apiVersion, response } = exchange(text);
    expect(apiVersion).toBe('admission.k8s.io/v1');
    expect(response).toMatchObject({ uid: 'uid-1', allowed: true, patchType: 'JSONPatch' });
  });

  test.each([
    ['a deletion', { operation: 'DELETE', object: null, oldObject: POD }],
    ['a connection', { operation: 'CONNECT', subResource: 'exec', object: { kind: 'PodExecOptions' } }],
    ['an update', { operation: 'UPDATE', oldObject: POD }],
    ['another resource', { resource: { group: 'apps', version: 'v1', resource: 'deployments' } }],
    ['a subresource', { subResource: 'ephemeralcontainers' }],
  ])('of %s, which passes as it is', (_, request) => {
    const { response } = exchange(body(request));
    expect(response).toMatchObject({ uid: 'uid-1', allowed: true });
    expect(response).not.toHaveProperty('patch');
  });

  test('by the last of two keys of one name, as Go reads them', () => {
    const twice = body().replace('"uid":"uid-1"', '"uid":"uid-0","uid":"uid-1"');
    expect(exchange(twice).response['uid']).toBe('uid-1');
    const emptied = body().replace('"namespace":', '"object":{"metadata":{}},"namespace":');
    expect(exchange(emptied).response).toHaveProperty('patch');
  });
});

describe('what is no review is refused by name', () => {
  test.each([
    [
      'of the version before',
      body({}, { apiVersion: 'admission.k8s.io/v1beta1' }),
      /must be "admission\.k8s\.io\/v1"/u,
    ],
    ['without a uid', body({ uid: undefined }), /request\.uid/u],
    ['with a number as its uid', body({ uid: 7 }), /request\.uid/u],
    ['with a list as its object', body({ object: [] }), /request\.object: must be an object/u],
    ['with a word where a flag is', body({ dryRun: 'true' }), /dryRun: must be true or false/u],
    ['after a byte order mark', `\uFEFF${body()}`, /not JSON in UTF-8/u],
    ['in another encoding', Buffer.from(body(), 'utf16le'), /not JSON in UTF-8/u],
    ['with something after it', `${body()}{}`, /not JSON/u],
    ['in a list', `[${body()}]`, /must be an object/u],
  ])('%s', (_, text, reason) => {
    expect(() => exchange(text)).toThrow(reason);
  });
});
