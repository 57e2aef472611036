import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { createCsv } from '../../../governance/audit/format/csv.ts';
import type { Format } from '../../../governance/audit/format/format.ts';
import { JSON_LINES } from '../../../governance/audit/format/jsonl.ts';
import { createMarkdown } from '../../../governance/audit/format/markdown.ts';
import { INPUT_NAMES } from '../../../governance/audit/missing.ts';
import { SECTION_NAMES } from '../../../governance/audit/row.ts';
import { answer, bobAuth, event, podAuth, read, report, rootAuth } from './logs.ts';

/** A value of a secret, the keyed hash of one, and a token. */
const CANARIES = ['hunter2-canary', `hmac-sha256:${'c0ffee'.repeat(10)}`, 'hvs.CAESIcanarycanarycanary'];

const everywhere = (canary: string): JsonObject => ({
  plain: canary,
  list: [canary, { deep: canary }],
  object: { data: canary, password: canary, [canary]: canary },
});

/** Lines of a store that logs everything raw, which no store should. */
const storeLines = (canary: string): readonly JsonObject[] => {
  const values = everywhere(canary);
  const auth = { ...podAuth('1'), client_token: canary, accessor: canary, entity_id: canary };
  const request = {
    client_token: canary,
    client_token_accessor: canary,
    headers: { authorization: [canary] },
    data: values,
    policy_override: canary,
  };
  const data = { data: values, metadata: { version: 1, created_time: canary, custom_metadata: values } };
  return [
    answer({ auth, request, response: { data, headers: values, warnings: [canary] } }),
    answer({
      auth,
      request: { ...request, path: `secret/data/team-a/api-key?value=${canary}` },
      response: { data },
    }),
    answer({
      auth,
      request: { ...request, path: 'kv1/app', mount_point: 'kv1/' },
      response: { data: values },
    }),
    answer({
      auth,
      request: { ...request, path: 'database/creds/a', mount_type: 'database' },
      response: { secret: { lease_id: `hmac-sha256:${'c0ffee'.repeat(10)}` }, data: values },
    }),
    answer({ auth, request, response: { wrap_info: { token: canary, accessor: canary } } }),
    answer({
      auth,
      request: { ...request, path: 'sys/wrapping/unwrap', operation: 'update' },
      response: { data },
    }),
    answer({ auth, request, error: `1 error occurred:\n\t* permission denied: ${canary}\n` }),
    answer({
      auth,
      request: { ...request, path: 'auth/jwt/login' },
      error: `claim ${canary} does not match any associated bound claim values`,
    }),
    answer({
      auth: { ...rootAuth, client_token: canary },
      request: { ...request, operation: 'update', path: 'sys/raw/x' },
      response: { data: values },
    }),
    read(1, { auth: { ...bobAuth, accessor: canary, metadata: { username: 'bob', note: canary } }, request }),
  ];
};

const FAILURES = 'validation.policy.admission.k8s.io/validation_failure';

const apiLines = (canary: string): readonly JsonObject[] => {
  const container = {
    name: 'model-server',
    image: 'x:1',
    env: [{ name: 'TOKEN', value: canary }],
    args: [`--key=${canary}`],
    command: [canary],
    resources: { limits: { 'nvidia.com/gpu': '1' } },
  };
  const object: JsonObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'inference-1', uid: '1', namespace: 'team-a', annotations: { note: canary } },
    spec: { containers: [container] },
    data: everywhere(canary),
    stringData: everywhere(canary),
  };
  const bodies = { requestObject: object, responseObject: object, userAgent: canary };
  const message = `namespace team-a may not use: model-server -> nvidia.com/gpu and ${canary}; write one of ${canary}`;
  const failure = { policy: 'sidekey-gpu-resources', binding: 'b', message, validationActions: ['Deny'] };
  const denied = (text: string, annotations: JsonObject = {}): JsonObject =>
    event({
      ...bodies,
      annotations,
      responseStatus: { code: 403, message: text, details: { causes: [{ message: text }] } },
    });
  const on = (resource: string, more: JsonObject = {}): JsonObject =>
    event({
      ...bodies,
      responseStatus: { code: 200 },
      objectRef: { resource, namespace: 'team-a', name: 'x' },
      ...more,
    });
  return [
    event(bodies),
    denied(`ValidatingAdmissionPolicy 'sidekey-gpu-resources' with binding 'b' denied request: ${message}`, {
      [FAILURES]: JSON.stringify([failure]),
    }),
    denied(`ValidatingAdmissionPolicy 'other' with binding 'b' denied request: ${canary}`),
    denied(`admission webhook "00.sidekey.dev" denied the request: ${canary}`),
    denied(`admission webhook "kyverno.svc" denied the request: Policy sidekey-injected failed: ${canary}`),
    denied(`exceeded quota: ${canary}`),
    denied(canary, { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': canary }),
    on('pods', {
      verb: 'get',
      objectRef: { resource: 'pods', subresource: 'exec', namespace: 'team-a', name: 'x' },
      requestURI: `/api/v1/x/exec?command=${canary}&container=m`,
    }),
    on('secrets', { verb: 'get', requestURI: `/api/v1/namespaces/team-a/secrets/x?value=${canary}` }),
    on('secrets', {
      verb: 'patch',
      requestObject: {
        metadata: { annotations: { 'infisical.com/secret-sync': 'false', note: canary } },
        data: { k: canary },
      },
    }),
    on('namespaces', {
      verb: 'patch',
      requestObject: { metadata: { annotations: { 'sidekey.dev/vault-roles': canary } } },
      responseObject: { kind: 'Namespace', metadata: { annotations: { 'sidekey.dev/vault-roles': canary } } },
    }),
    on('validatingadmissionpolicies', {
      verb: 'update',
      objectRef: {
        apiGroup: 'admissionregistration.k8s.io',
        resource: 'validatingadmissionpolicies',
        name: 'x',
      },
    }),
  ];
};

const documents = (canary: string) =>
  [
    {
      apiVersion: 'wgpolicyk8s.io/v1alpha2',
      kind: 'PolicyReport',
      results: [
        {
          policy: 'p',
          result: 'fail',
          message: canary,
          properties: { value: canary },
          resources: [{ kind: 'Pod', name: 'x', namespace: 'team-a' }],
        },
      ],
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 's',
        namespace: 'team-a',
        annotations: { 'infisical.com/secret-sync': 'false', note: canary },
      },
      data: { k: canary },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { uid: '1' },
      spec: { containers: [{ env: [{ name: 'A', value: canary }] }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'team-a', labels: { 'sidekey.dev/tenant': 'team-a' }, annotations: { note: canary } },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'x', annotations: { note: canary } },
      spec: { validations: [{ expression: canary, message: canary }] },
    },
  ].map((object) => ({ file: 'objects.json', object }));

const FORMATS: readonly (readonly [string, () => Format])[] = [
  ['JSON Lines', () => JSON_LINES],
  ['CSV', () => createCsv(undefined)],
  ['Markdown', () => createMarkdown({ sections: SECTION_NAMES, unknown: new Set(), head: [] })],
];

describe.each(CANARIES)('%s, wherever it stands in the inputs,', (canary) => {
  const { rows } = report({
    store: storeLines(canary),
    api: apiLines(canary),
    documents: documents(canary),
    named: new Set(INPUT_NAMES),
  });

  test.each(FORMATS)('is not in the report as %s', (_, create) => {
    const format = create();
    const told = rows.map(({ section, ...cells }) => format.row(section, cells as never));
    const text = [format.begin(), ...told, format.end()].join('');
    expect(text).toContain('inference-1');
    for (const part of [canary, canary.slice(-20), 'hmac-sha256', 'c0ffee']) expect(text).not.toContain(part);
  });

  test('and what it was sought in was looked at', () => {
    const count = (section: string): number => rows.filter((row) => row.section === section).length;
    expect(count('delivery')).toBeGreaterThanOrEqual(4);
    expect(count('denial')).toBeGreaterThanOrEqual(7);
    expect(count('breakGlass')).toBeGreaterThanOrEqual(6);
    expect(count('violation')).toBe(1);
  });
});

test('a policy of ours is still heard: what it found is left out, and its words are not', () => {
  const { of } = report({ api: apiLines('hunter2-canary') });
  expect(of('denial').find(({ policy }) => policy === 'sidekey-gpu-resources')).toMatchObject({
    message: 'namespace team-a may not use: model-server -> nvidia.com/gpu … write one of …',
  });
});
