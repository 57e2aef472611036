import type { AgentConfig } from '#contract/agent-config.ts';
import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { parseConfig } from '../../../contract/agent-config.ts';
import { review, type Verdict } from '../../../injector/admission/handler.ts';
import { annotations, injected, podWith, requestFor, SETTINGS } from '../admission/example.ts';

type Texts = Readonly<Record<string, string>>;

export const API = '/var/run/secrets/kubernetes.io/serviceaccount';
export const MOUNT = { name: 'kube-api-access-1', mountPath: API, readOnly: true };

export const specWith = (mounts: readonly JsonObject[] = [MOUNT], more: JsonObject = {}): JsonObject => ({
  containers: [{ name: 'app', image: 'a', securityContext: { runAsUser: 1000 }, volumeMounts: mounts }],
  ...more,
});

const SPEC = specWith();

export const decide = (keys: Texts, spec: JsonObject = SPEC): Verdict =>
  review(requestFor(podWith(annotations(keys), spec)), SETTINGS);

const injectedSpec = (keys: Texts, spec: JsonObject): JsonObject =>
  objectIn(injected(podWith(annotations(keys), spec)), 'spec');

export const agentOf = (keys: Texts, spec: JsonObject = SPEC): JsonObject =>
  listIn(injectedSpec(keys, spec), 'initContainers')[0] ?? {};

export const volumesOf = (keys: Texts, spec: JsonObject = SPEC): readonly JsonObject[] =>
  listIn(injectedSpec(keys, spec), 'volumes');

export function configOf(keys: Texts, spec: JsonObject = SPEC): AgentConfig {
  const [variable] = listIn(agentOf(keys, spec), 'env');
  const parsed = parseConfig(textIn(variable ?? {}, 'value'));
  if (!parsed.ok) throw new Error('the agent would refuse its configuration');
  return parsed.value.config;
}

export const placesOf = (keys: Texts, spec: JsonObject = SPEC): readonly string[] =>
  configOf(keys, spec).files.map(({ volume, path }) => `${volume}/${path}`);

export const warned = (verdict: Verdict): readonly string[] => verdict.warnings.map(({ message }) => message);

export function problems(verdict: Verdict): readonly string[] {
  const found = verdict.outcome === 'denied' ? verdict.problems : [];
  return found.map(({ key, message }) => `${key.replace(/^[^/]+\//u, '')} ${message}`);
}
