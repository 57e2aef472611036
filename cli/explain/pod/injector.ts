import { annotationsIn, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import type { Settings } from '../../../injector/admission/settings.ts';
import { dropIn, native, OPENBAO } from '../../../injector/annotations/families.ts';
import { isOtherAgent } from '../../../injector/pod/image.ts';
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

const dropIns = (key: string): readonly string[] => [OPENBAO.prefix + key, dropIn(key)];

const ADDRESS_KEYS = [...dropIns('service'), native('vault-address'), native('infisical-address')];
const PROXY_KEYS = dropIns('proxy-address');
const IMAGE_KEYS = [...dropIns('agent-image'), native('image')];

type Annotations = Readonly<Record<string, string>>;

/** Annotations of a pod that name what only an operator's list can allow. */
export const listedKeys = (annotations: Annotations): readonly string[] =>
  [...ADDRESS_KEYS, ...PROXY_KEYS, ...IMAGE_KEYS].filter((key) => isListed(annotations[key] ?? '', key));

/** Whose image is another agent's is told so, and gets the operator's. */
const isListed = (value: string, key: string): boolean =>
  value !== '' && !(dropIns('agent-image').includes(key) && isOtherAgent(value));

/** An injector of which nothing is known: what only its operator can decide is not held against a pod. */
export const ASSUMED_INJECTOR: Injector = {
  isKnown: false,
  settingsFor: (pod) => {
    const annotations = annotationsIn(pod);
    const settings = readSettings(new Environment(ASSUMED));
    const listed = listedKeys(annotations);
    const named = (keys: readonly string[]): readonly string[] =>
      keys.filter((key) => listed.includes(key)).map((key) => annotations[key] ?? '');
    const stores = { allowedAddresses: named(ADDRESS_KEYS), allowedProxies: named(PROXY_KEYS) };
    return {
      ...settings,
      ...(settings.vault && { vault: { ...settings.vault, ...stores } }),
      ...(settings.infisical && { infisical: { ...settings.infisical, ...stores } }),
      limits: { ...settings.limits, images: named(IMAGE_KEYS) },
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
