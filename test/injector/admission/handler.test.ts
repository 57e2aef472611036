import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { handle, respond, review } from '../../../injector/admission/handler.ts';
import { annotations, examplePod, nativeAnnotations, podWith, requestFor, SETTINGS } from './example.ts';

describe('a request', () => {
  it('is answered with a patch and what was done', () => {
    const response = handle(requestFor(examplePod()), SETTINGS);
    expect(response).toMatchObject({
      uid: 'a-uid',
      allowed: true,
      patchType: 'JSONPatch',
      auditAnnotations: { outcome: 'injected', mode: 'run' },
    });
    expect(response).not.toHaveProperty('warnings');
  });

  it('is answered as it was decided', () => {
    const request = requestFor(examplePod({}, { 'log-level': 'debug' }));
    expect(handle(request, SETTINGS)).toEqual(respond(request.uid, review(request, SETTINGS)));
  });

  it('of a pod that does not ask is let through in silence', () => {
    expect(handle(requestFor({ metadata: { name: 'quiet' } }), SETTINGS)).toEqual({
      uid: 'a-uid',
      allowed: true,
      auditAnnotations: { outcome: 'skipped', reason: 'not_requested' },
    });
  });

  it('of a pod that asks in vain is let through with the reason', () => {
    expect(handle({ ...requestFor(examplePod()), namespace: 'kube-system' }, SETTINGS)).toEqual({
      uid: 'a-uid',
      allowed: true,
      warnings: [
        'vault.hashicorp.com/agent-inject: no agent is injected: pods of system namespaces are not injected',
      ],
      auditAnnotations: { outcome: 'skipped', reason: 'system_namespace' },
    });
  });

  it('of a pod that asks in vain in our own words is told so in them', () => {
    const request = { ...requestFor(podWith(nativeAnnotations())), namespace: 'kube-public' };
    expect(handle(request, SETTINGS).warnings?.[0]).toMatch(/^sidekey\.dev\/inject: no agent is injected/u);
  });

  it('is denied with the problems of the annotations, of the pod, and of its size, all at once', () => {
    const pod = examplePod(
      { volumes: [{ name: 'sidekey-state' }] },
      { role: '', 'agent-inject-template-large': 'x'.repeat(96 * 1024) },
    );
    const verdict = review(requestFor(pod), SETTINGS);
    expect(verdict).toMatchObject({ outcome: 'denied' });
    expect(verdict.outcome === 'denied' ? verdict.problems.map(({ key }) => key) : []).toEqual([
      'vault.hashicorp.com/role',
      'vault.hashicorp.com/agent-inject-template-large',
      'spec.volumes[0].name',
    ]);
  });
});

describe('a configuration', () => {
  const withTemplate = (bytes: number): JsonObject =>
    examplePod({}, { 'agent-inject-template-api': 'x', 'agent-inject-template-large': 'x'.repeat(bytes) });

  it('that is too large is denied, naming the largest template and showing nothing of it', () => {
    const { status } = handle(requestFor(withTemplate(80_000)), SETTINGS);
    expect(status?.message).toMatch(
      /^Cannot inject the agent: vault\.hashicorp\.com\/agent-inject-template-large: is the largest part of a configuration of \d+ bytes; expected at most 98304 in all$/u,
    );
  });

  it('that is too large for all its sources is denied, naming the longest', () => {
    const entries = Array.from({ length: 900 }, (_, index): [string, string] => [
      `sidekey.dev/secret.f${index}`,
      `vault:secret/data/${'x'.repeat(index === 417 ? 60 : 40)}`,
    ]);
    const found = { 'sidekey.dev/inject': 'true', 'sidekey.dev/vault-role': 'ml' };
    const verdict = review(requestFor(podWith({ ...found, ...Object.fromEntries(entries) })), SETTINGS);
    expect(verdict).toMatchObject({ outcome: 'denied', problems: [{ key: 'sidekey.dev/secret.f417' }] });
  });

  it('counts as it travels, in base64', () => {
    expect(handle(requestFor(withTemplate(70_000)), SETTINGS).allowed).toBe(true);
    expect(handle(requestFor(withTemplate(74_000)), SETTINGS).allowed).toBe(false);
  });
});

describe('whatever is sent', () => {
  const json = fc.jsonValue({ maxDepth: 5 });
  const lists = fc.oneof(
    json,
    fc.array(fc.oneof(json, fc.record({ name: fc.string(), volumeMounts: json, env: json }))),
  );
  const specs = fc.record(
    {
      containers: lists,
      initContainers: lists,
      volumes: lists,
      securityContext: json,
      resources: json,
      hostNetwork: json,
    },
    { requiredKeys: [] },
  );
  const pods = fc.record(
    {
      metadata: fc.oneof(
        json,
        fc.record({ annotations: fc.constantFrom(annotations(), nativeAnnotations()) }),
      ),
      spec: fc.oneof(json, specs),
      status: json,
    },
    { requiredKeys: [] },
  );

  it('is answered, never thrown at', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        const response = handle(requestFor(pod as JsonObject), SETTINGS);
        expect(response.allowed).toBe(response.status === undefined);
      }),
      { numRuns: 1000 },
    );
  });
});
