import type { Finding } from './finding.ts';
import type { KeyPlan } from './key-plan.ts';
import { podJson } from './pod/json.ts';
import type { ObjectReport, Report, SecretReport } from './report.ts';
import type { SyncPlan } from './sync.ts';

/**
 * The report for machines. Fields are only ever added:
 *
 *     { "version": 1,
 *       "injectorKnown": boolean,              false: what only the injector's operator decides is assumed
 *       "findings": [finding],                 of files as a whole: what is no YAML, what stands twice
 *       "objects": [{
 *         "file", "line", "kind", "name", "namespace": text or null,
 *         "verdict": "works" | "injected" | "refused" | "denied" | "unsynced" | "uninjected" | "unasked" | "binding" | "unseen" | "unexplained",
 *         "binding": text or null,             of a Namespace: what its Secrets may be made of
 *         "findings": [finding],
 *         "bindingKnown": boolean or null,       of a Secret that asks: whether it is known what its namespace is bound to
 *         "annotations": [{ "file", "line", "key", "value", "meaning" }],    those that are understood
 *         "plan": null or {
 *           "source": text or null,            null: templates alone, or what the namespace is bound to (sourceUnknown)
 *           "sourceUnknown": boolean,
 *           "allKeys": boolean,                true: every key of the source comes along
 *           "keys": [{ "key", "from": "source" | "template" | "manifest", "name": text or null, "refs": [text], "replaces": "placeholder" | "value" or null }] },
 *         "working": null or { "text", "whole": boolean },   YAML that works; not whole: values of the user's are left out
 *         "namespaceKnown": boolean or null,   of what has pods: whether it is known what its namespace says of them
 *         "pods": null or [{                   null: the object neither is a pod nor makes any
 *           "template": text,                  where in the object, such as "spec.template"; "" for a Pod
 *           "outcome": "injected" | "denied" | "uninjected" | "unasked",
 *           "reason": text or null,            why it is not injected: one of the reasons that metrics and logs have
 *           "findings": [finding],
 *           "annotations": [{ "file", "line", "key", "value", "meaning" }],  those that are understood
 *           "before": standing or null, "after": standing or null,          null: not asked for; not injected
 *           "accelerators": [{ "kind", "name" }],  what it computes on: the kind as metrics have it, and the resource or claim
 *           "agent": null or { "container", "mode": "run" | "init", "requests": {name: quantity}, "limits": {name: quantity},
 *                              "volumes": [{ "name", "size": quantity, of memory, if it has one }], "starts": [[container]], in this order, those that start together together },
 *           "files": [{ "path", "sources": [text], "template": boolean, "format": text or null, "reload": text or null }],
 *           "patch": null or [operation]       RFC 6902, of the pod and not of the object: what the injector would answer
 *         }]
 *       }] }
 *
 * where a finding is { "effect": "refused" | "denied" | "unsynced" | "uninjected" | "note", "file", "line", "column", "subject", "message" },
 * and a standing is { "qosClass", "podSecurity": "restricted" | "baseline" | "privileged", "violations": [{ "standard", "field", "message" }] }:
 * the strictest standard that the pod keeps to, and what keeps it from those that are stricter.
 * No value of a Secret is in it.
 */
export function reportJson({ objects, findings, injectorKnown }: Report): string {
  const whole = {
    version: 1,
    injectorKnown,
    findings: findings.map(findingJson),
    objects: objects.map(objectJson),
  };
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
  pods,
  namespaceKnown,
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
    namespaceKnown: namespaceKnown ?? null,
    pods: pods?.map((pod) => ({ ...podJson(pod), findings: pod.findings.map(findingJson) })) ?? null,
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
