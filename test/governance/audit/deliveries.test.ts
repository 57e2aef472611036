import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { answer, at, event, HMAC, podAuth, read, report } from './logs.ts';

const versions = (store: readonly JsonObject[]): unknown[] =>
  report({ store })
    .of('delivery')
    .map(({ uid, version }) => [uid, version]);

const deliveries = (...store: readonly JsonObject[]) => report({ store }).of('delivery');

describe('a delivery', () => {
  test('is the first read of a version by a pod; polls are none', () => {
    expect(versions([read(1), read(1), read(1)])).toEqual([['1', 1]]);
  });

  test('is a later version, and an earlier one that was not read before', () => {
    expect(versions([read(2), read(3), read(2), read(1), read(3)])).toEqual([
      ['1', 2],
      ['1', 3],
      ['1', 1],
    ]);
  });

  test('is the same version to another pod, even of the same name', () => {
    const again = podAuth('2', { pod_name: 'inference-1' });
    expect(versions([read(1), read(1, { auth: again })])).toEqual([
      ['1', 1],
      ['2', 1],
    ]);
  });

  test('is the same version of another secret', () => {
    const other = { request: { path: 'secret/data/team-a/other' } };
    expect(deliveries(read(1), read(1, other)).map(({ path }) => path)).toEqual([
      'secret/data/team-a/api-key',
      'secret/data/team-a/other',
    ]);
  });

  test('is told with everything that the store knows', () => {
    expect(deliveries(read(7, { time: at('12:30:00'), auth: podAuth('1', { node_name: 'gpu-1' }) }))).toEqual(
      [
        {
          section: 'delivery',
          time: at('12:30:00'),
          tenant: undefined,
          namespace: 'team-a',
          pod: 'inference-1',
          uid: '1',
          node: 'gpu-1',
          serviceAccount: 'model-server',
          identity: 'pod',
          role: 'team-a',
          store: 'openbao',
          mount: 'secret/',
          path: 'secret/data/team-a/api-key',
          version: 7,
          policy: 'team-a',
          requestId: 'r-1',
          accelerators: undefined,
          createdBy: undefined,
          source: 'store.log:1',
        },
      ],
    );
  });

  test('of a store with namespaces has the namespace before its path', () => {
    const [row] = deliveries(read(1, { request: { namespace: { id: 'x', path: 'ml/' } } }));
    expect(row).toMatchObject({ mount: 'ml/secret/', path: 'ml/secret/data/team-a/api-key' });
  });

  test('names the product by the version of its plugins', () => {
    const by = (version: string) =>
      deliveries(read(1, { request: { mount_running_version: version } }))[0]?.['store'];
    expect(['v2.7.2+builtin.bao', 'v0.25.0+builtin.vault', ''].map(by)).toEqual([
      'openbao',
      'vault',
      'vault or openbao',
    ]);
  });

  test('property: whatever the reads, each pair of pod and version is told once, at its first read', () => {
    const reads = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 30 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(reads, (pairs) => {
        const seen = new Set<string>();
        const first = pairs.filter((pair) => !seen.has(String(pair)) && seen.add(String(pair)));
        const told = versions(pairs.map(([pod, version]) => read(version, { auth: podAuth(String(pod)) })));
        expect(told).toEqual(first.map(([pod, version]) => [String(pod), version]));
      }),
    );
  });
});

describe('what is no delivery', () => {
  test.each<[string, JsonObject]>([
    ['a request, which may be refused yet', { ...read(1), type: 'request' }],
    [
      'a look at the metadata',
      answer({
        request: { path: 'secret/metadata/team-a/api-key' },
        response: { data: { current_version: 3 } },
      }),
    ],
    [
      'a list',
      answer({
        request: { operation: 'list', path: 'secret/metadata/team-a/' },
        response: { data: { keys: [HMAC] } },
      }),
    ],
    [
      'a configuration',
      answer({ request: { path: 'secret/config' }, response: { data: { cas_required: false } } }),
    ],
    [
      'subkeys',
      answer({
        request: { path: 'secret/subkeys/a' },
        response: { data: { subkeys: {}, metadata: { version: 1 } } },
      }),
    ],
    [
      'a secret that was deleted',
      answer({ response: { data: { http_status_code: 404, http_raw_body: HMAC } } }),
    ],
    ['a secret that is not there', answer({ response: { mount_type: 'kv' } })],
    [
      'a renewal',
      answer({
        request: { operation: 'update', path: 'sys/leases/renew', mount_type: 'system' },
        response: { secret: { lease_id: 'database/creds/a/1' }, data: { x: 1 } },
      }),
    ],
    [
      'a login',
      answer({
        request: { operation: 'update', path: 'auth/jwt/login', mount_type: 'jwt' },
        response: { auth: { accessor: HMAC } },
      }),
    ],
    [
      'a certificate of an authority',
      answer({
        request: { path: 'pki/cert/ca', mount_type: 'pki', mount_point: 'pki/' },
        response: { data: { certificate: HMAC } },
      }),
    ],
    ['a write', answer({ request: { operation: 'create' }, response: { data: { version: 1 } } })],
    ['a refusal', answer({ error: 'permission denied', response: { data: { error: HMAC } } })],
  ])('%s', (_, line) => {
    expect(deliveries(line)).toEqual([]);
  });
});

describe('what the API server knows of a pod', () => {
  const created = event({
    objectRef: { resource: 'pods', namespace: 'team-a' },
    requestObject: {
      spec: {
        containers: [
          {
            name: 'model-server',
            resources: { limits: { 'nvidia.com/mig-3g.40gb': '1', cpu: 1, 'example.com/x': 1 } },
          },
        ],
        initContainers: [
          { name: 'warm', resources: { limits: { 'deviceclass.resource.kubernetes.io/mig': 1 } } },
        ],
      },
    },
    responseObject: { metadata: { uid: '1', name: 'inference-x7' } },
  });
  const bound = event({
    objectRef: {
      resource: 'pods',
      subresource: 'binding',
      namespace: 'team-a',
      name: 'inference-x7',
      uid: '1',
    },
    requestObject: { target: { kind: 'Node', name: 'gpu-1' } },
  });

  test('is told with its deliveries', () => {
    expect(report({ api: [created, bound], store: [read(1)] }).of('delivery')[0]).toMatchObject({
      node: 'gpu-1',
      createdBy: 'alice',
      accelerators:
        'model-server=nvidia.com/mig-3g.40gb:1+example.com/x:1, warm=deviceclass.resource.kubernetes.io/mig:1',
    });
  });

  test('is nothing if it was only tried', () => {
    const tried = { ...created, requestURI: '/api/v1/namespaces/team-a/pods?dryRun=All' };
    expect(report({ api: [tried], store: [read(1)] }).of('delivery')[0]).toMatchObject({
      createdBy: undefined,
    });
  });
});

describe('the time that is reported on', () => {
  const window = { since: Date.parse(at('12:00:00')), until: Date.parse(at('13:00:00')) };
  const told = (...store: readonly JsonObject[]) =>
    report({ store, window })
      .of('delivery')
      .map(({ version }) => version);

  test('has both ends in it', () => {
    expect(
      told(
        read(1, { time: at('12:00:00') }),
        read(2, { time: at('13:00:00') }),
        read(3, { time: at('13:00:01') }),
      ),
    ).toEqual([1, 2]);
  });

  test('knows what was read before', () => {
    expect(told(read(1, { time: at('11:00:00') }), read(1, { time: at('12:30:00') }))).toEqual([]);
  });
});
