import { applyPatch } from 'rfc6902';
import type { Json, JsonObject } from '#contract/json.ts';
import { review, type Verdict } from '../../../injector/admission/handler.ts';
import type { AdmissionRequest } from '../../../injector/admission/review.ts';
import type { Settings } from '../../../injector/admission/settings.ts';
import type { Operation } from '../../../injector/pod/patch.ts';

export const SETTINGS = {
  agentImage: 'ghcr.io/sidekey/agent:1.0.0',
  ownNamespace: 'sidekey',
  vault: {
    address: 'https://vault.vault.svc:8200',
    allowedAddresses: [],
    authMethod: 'kubernetes',
    authPath: 'auth/kubernetes',
    timeoutMs: 10_000,
  },
  infisical: {
    address: 'https://infisical.example',
    allowedAddresses: [],
    authMethod: 'kubernetes',
    timeoutMs: 10_000,
  },
  pollMs: 300_000,
  nativePollMs: 60_000,
  startDeadlineMs: 300_000,
  revokeOnShutdown: false,
} as const satisfies Settings;

/** Annotations below `vault.hashicorp.com/`, on top of what every injected pod needs. */
export function annotations(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const keys = { 'agent-inject': 'true', role: 'ml', 'agent-inject-secret-api': 'secret/data/ml', ...more };
  return Object.fromEntries(
    Object.entries(keys).map(([key, value]) => [`vault.hashicorp.com/${key}`, value]),
  );
}

/** Annotations below `sidekey.dev/`, on top of what every pod needs that asks in Sidekey's own words. */
export function nativeAnnotations(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const keys = { inject: 'true', 'vault-role': 'ml', 'secret.api': 'vault:secret/data/ml#key', ...more };
  return Object.fromEntries(Object.entries(keys).map(([key, value]) => [`sidekey.dev/${key}`, value]));
}

/** A pod that asks for an agent. */
export function examplePod(spec: JsonObject = {}, more: Readonly<Record<string, string>> = {}): JsonObject {
  return podWith(annotations(more), spec);
}

/** A pod with annotations, keys in full. */
export function podWith(found: Readonly<Record<string, string>>, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'model', annotations: found },
    spec: { containers: [{ name: 'model-server', image: 'registry.example/model-server:7' }], ...spec },
  };
}

export function requestFor(object: JsonObject): AdmissionRequest {
  return { uid: 'a-uid', operation: 'CREATE', resource: 'v1/pods', namespace: 'team-a', object };
}

/** The value after a patch, made by an implementation that is not ours. */
export function applied(before: Json, operations: readonly Operation[]): unknown {
  const document = { root: structuredClone(before) };
  const moved = structuredClone(operations).map((operation) => ({
    ...operation,
    path: `/root${operation.path}`,
  }));
  const errors = applyPatch(document, moved).filter((error) => error !== null);
  if (errors.length > 0) throw new Error('Cannot apply the patch', { cause: errors });
  return document.root;
}

/** A pod as the API server has it after a review. A pod that is not injected is a fault of the test. */
export function injected(pod: JsonObject, settings: Settings = SETTINGS): JsonObject {
  const verdict = review(requestFor(pod), settings);
  if (verdict.outcome !== 'injected') throw new Error(`Cannot go on: ${explained(verdict)}`);
  return applied(pod, verdict.operations) as JsonObject;
}

function explained(verdict: Verdict): string {
  return JSON.stringify(verdict);
}
