import { annotationsIn, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import type { Settings } from '../../../injector/admission/settings.ts';
import { dropIn, native } from '../../../injector/annotations/families.ts';
import { Environment } from '../../../injector/environment.ts';
import { readSettings } from '../../../injector/operator-settings.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import { podParts } from './places.ts';

/** The injector that pods are shown to. */
export interface Injector {
  /** False if nobody said what its operator decided, so that it is assumed. */
  readonly isKnown: boolean;
  /** What it would hold against a pod. */
  settingsFor(pod: JsonObject): Settings;
}

/** By this variable its container is known. */
export const INJECTOR_MARK = 'SIDEKEY_AGENT_IMAGE';

/** Stands for what an operator has to decide. */
const ASSUMED = {
  [INJECTOR_MARK]: 'sidekey-agent',
  SIDEKEY_VAULT_ADDRESS: 'https://vault.vault.svc:8200',
  SIDEKEY_INFISICAL_ADDRESS: 'https://infisical.infisical.svc',
  SIDEKEY_INFISICAL_IDENTITY: '00000000-0000-4000-8000-000000000000',
} as const;

/** Annotations that name an address, which only an operator's list can allow. */
export const ADDRESS_KEYS: readonly string[] = [
  dropIn('service'),
  native('vault-address'),
  native('infisical-address'),
];

/** An injector of which nothing is known: what only its operator can decide is not held against a pod. */
export const ASSUMED_INJECTOR: Injector = {
  isKnown: false,
  settingsFor: (pod) => {
    const annotations = annotationsIn(pod);
    const settings = readSettings(new Environment(ASSUMED));
    const named = ADDRESS_KEYS.flatMap((key) => annotations[key] ?? []);
    const allowing = <T extends { readonly allowedAddresses: readonly string[] }>(store: T): T => ({
      ...store,
      allowedAddresses: [...store.allowedAddresses, ...named],
    });
    return {
      ...settings,
      ...(settings.vault && { vault: allowing(settings.vault) }),
      ...(settings.infisical && { infisical: allowing(settings.infisical) }),
    };
  },
};

/** The injector whose Deployment is among manifests, and what is wrong with its variables; undefined if none is. */
export function injectorIn(
  manifests: readonly Manifest[],
): { readonly injector: Injector; readonly problems: readonly Problem[] } | undefined {
  for (const { value } of manifests) {
    const environment = podParts(value).flatMap(({ pod }) => environmentIn(pod) ?? [])[0];
    if (environment === undefined) continue;
    const settings = readSettings(environment);
    return {
      injector: { isKnown: true, settingsFor: () => settings },
      problems: environment.problems,
    };
  }
  return undefined;
}

function environmentIn(pod: JsonObject): Environment | undefined {
  const containers = listIn(objectIn(pod, 'spec'), 'containers');
  const variables = containers.map((container) => listIn(container, 'env'));
  const ours = variables.find((list) => list.some((variable) => variable['name'] === INJECTOR_MARK));
  if (ours === undefined) return undefined;
  const namespace = textIn(objectIn(pod, 'metadata'), 'namespace');
  return new Environment(
    Object.fromEntries(ours.map((variable) => [textIn(variable, 'name'), valueOf(variable, namespace)])),
  );
}

function valueOf(variable: JsonObject, namespace: string): string {
  const field = objectIn(objectIn(variable, 'valueFrom'), 'fieldRef')['fieldPath'];
  return field === 'metadata.namespace' ? namespace : textIn(variable, 'value');
}
