import type { Finding } from './finding.ts';
import type { KeyPlan } from './key-plan.ts';
import type { ObjectReport, Report, SecretReport } from './report.ts';
import type { SyncPlan } from './sync.ts';

/**
 * The report for machines. Fields are only ever added:
 *
 *     { "version": 1,
 *       "findings": [finding],                 of files as a whole: what is no YAML, what stands twice
 *       "objects": [{
 *         "file", "line", "kind", "name", "namespace": text or null,
 *         "verdict": "works" | "refused" | "unsynced" | "unasked" | "binding" | "unexplained",
 *         "binding": text or null,             of a Namespace: what its Secrets may be made of
 *         "findings": [finding],
 *         "bindingKnown": boolean or null,       of a Secret that asks: whether it is known what its namespace is bound to
 *         "annotations": [{ "file", "line", "key", "value", "meaning" }],    those that are understood
 *         "plan": null or {
 *           "source": text or null,            null: templates alone, or what the namespace is bound to (sourceUnknown)
 *           "sourceUnknown": boolean,
 *           "allKeys": boolean,                true: every key of the source comes along
 *           "keys": [{ "key", "from": "source" | "template" | "manifest", "name": text or null, "refs": [text], "replaces": "placeholder" | "value" or null }] },
 *         "working": null or { "text", "whole": boolean }    YAML that works; not whole: values of the user's are left out
 *       }] }
 *
 * where a finding is { "effect": "refused" | "unsynced" | "note", "file", "line", "column", "subject", "message" }.
 * No value of a Secret is in it.
 */
export function reportJson({ objects, findings }: Report): string {
  const whole = { version: 1, findings: findings.map(findingJson), objects: objects.map(objectJson) };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

const findingJson = ({ effect, place, subject, message }: Finding): object => ({
  effect,
  ...place,
  subject,
  message,
});

function objectJson({
  place,
  kind,
  name,
  namespace,
  verdict,
  binding,
  findings,
  secret,
}: ObjectReport): object {
  const { file, line } = place;
  return {
    file,
    line,
    kind,
    name,
    namespace: namespace ?? null,
    verdict,
    binding: binding ?? null,
    findings: findings.map(findingJson),
    ...secretJson(secret),
  };
}

function secretJson(secret: SecretReport | undefined): object {
  const plan = secret?.plan;
  return {
    bindingKnown: secret?.bindingKnown ?? null,
    annotations: (secret?.annotations ?? []).map(({ place: { file, line }, key, value, meaning }) => ({
      file,
      line,
      key,
      value,
      meaning,
    })),
    plan: plan ? planJson(plan) : null,
    working: secret?.working ?? null,
  };
}

const planJson = ({ source, sourceUnknown, allKeys, keys }: SyncPlan): object => ({
  source: source ?? null,
  sourceUnknown,
  allKeys,
  keys: keys.map(keyJson),
});

const keyJson = ({ key, from, name, refs, replaces }: KeyPlan): object => ({
  key,
  from,
  name: name ?? null,
  refs: refs ?? [],
  replaces: replaces ?? null,
});
