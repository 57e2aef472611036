import type { ContainerOperation } from './container-patch.ts';
import { type DropInKey, readDropIn, readNative } from './table.ts';
import { dropIn, native } from './families.ts';
import type { Findings } from './findings.ts';

/** What somebody wants, and the annotation that says so. */
export interface Wish<T> {
  readonly value: T;
  readonly key: string;
}

export type ResourceName = 'cpu' | 'memory' | 'ephemeral-storage';
/** Null: not to be set. */
export type Amounts = Readonly<Partial<Record<ResourceName, Wish<string | null>>>>;

/** Where the pod's class of service would be another, wishes of the drop-in family are left out, others are refused. */
export interface ResourceWishes {
  readonly limits: Amounts;
  readonly requests: Amounts;
  readonly own: { readonly cpu?: Wish<string>; readonly memory?: Wish<string> };
}

/** What a pod wants of the agent's container. */
export interface AgentWishes {
  readonly image?: Wish<string>;
  readonly resources: ResourceWishes;
  readonly user?: Wish<number>;
  readonly group?: Wish<number>;
  /** The agent has to have the user of the first container. */
  readonly sameUser?: Wish<true>;
  /** Whoever admits the pod chooses user and group. */
  readonly namesNobody: boolean;
  readonly sharesProcesses?: Wish<boolean>;
  /** The container whose mounts the agent gets. */
  readonly mountsOf?: Wish<string>;
  /** The volume with the token to log in with. */
  readonly accountVolume?: Wish<string>;
  readonly logLevel?: string;
  readonly logFormat?: 'standard' | 'json';
  /** In the order in which they are applied. */
  readonly patches: readonly Wish<readonly ContainerOperation[]>[];
}

/** Reads what a pod says of the agent's container. */
export function readAgentWishes(findings: Findings, mode: 'run' | 'init'): AgentWishes {
  const logLevel = readDropIn(findings, 'log-level');
  const logFormat = readDropIn(findings, 'log-format');
  readDropIn(findings, 'agent-revoke-grace');
  readDropIn(findings, 'agent-request-namespace');
  return {
    ...wish('image', readImage(findings)),
    resources: readResources(findings),
    ...wish('user', wished(findings, 'agent-run-as-user')),
    ...wish('group', wished(findings, 'agent-run-as-group')),
    ...sameUser(findings),
    namesNobody: readDropIn(findings, 'agent-set-security-context') === false,
    ...wish('sharesProcesses', wished(findings, 'agent-share-process-namespace')),
    ...wish('mountsOf', named(findings, 'agent-copy-volume-mounts')),
    ...wish('accountVolume', named(findings, 'agent-service-account-token-volume-name')),
    ...wish('logLevel', logLevel),
    ...wish('logFormat', logFormat),
    patches: readPatches(findings, mode),
  };
}

/** A field for what is there, and none for what is not. */
const wish = <K extends string, T>(field: K, value: T | undefined): { readonly [F in K]?: T } =>
  (value === undefined ? {} : { [field]: value }) as { readonly [F in K]?: T };

type Values = { [K in DropInKey]: Exclude<ReturnType<typeof readDropIn<K>>, undefined> };

function wished<K extends DropInKey>(findings: Findings, key: K): Wish<Values[K]> | undefined {
  const value = readDropIn(findings, key);
  return value === undefined ? undefined : { value, key: dropIn(key) };
}

/** The empty text names nothing, as with the Vault Agent Injector. */
function named(
  findings: Findings,
  key: 'agent-copy-volume-mounts' | 'agent-service-account-token-volume-name',
): Wish<string> | undefined {
  return findings.text(dropIn(key)) === '' ? undefined : wished(findings, key);
}

function sameUser(findings: Findings): Pick<AgentWishes, 'sameUser'> {
  const key = 'agent-run-as-same-user';
  return readDropIn(findings, key) === true ? { sameUser: { value: true, key: dropIn(key) } } : {};
}

function readImage(findings: Findings): Wish<string> | undefined {
  const own = readNative(findings, 'image');
  const theirs = wished(findings, 'agent-image');
  return own === undefined ? theirs : { value: own, key: native('image') };
}

function readResources(findings: Findings): ResourceWishes {
  const amounts = (list: 'limits' | 'requests'): Amounts => ({
    ...wish('cpu', wished(findings, `agent-${list}-cpu`)),
    ...wish('memory', wished(findings, `agent-${list}-mem`)),
    ...wish('ephemeral-storage', wished(findings, `agent-${list}-ephemeral`)),
  });
  return {
    limits: amounts('limits'),
    requests: amounts('requests'),
    own: { ...ownAmount(findings, 'cpu'), ...ownAmount(findings, 'memory') },
  };
}

function ownAmount<K extends 'cpu' | 'memory'>(
  findings: Findings,
  key: K,
): { readonly [F in K]?: Wish<string> } {
  const value = readNative(findings, key);
  return wish(key, value === undefined ? undefined : { value, key: native(key) });
}

/** An agent that stays is the one that renders first, too: it gets what is meant for either. What both say, it gets once. */
function readPatches(findings: Findings, mode: 'run' | 'init'): AgentWishes['patches'] {
  const first = wished(findings, 'agent-init-json-patch');
  const staying = wished(findings, 'agent-json-patch');
  if (mode === 'init') {
    if (staying !== undefined && staying.value.length > 0)
      findings.warn(
        staying.key,
        'is for an agent that stays, and this one does not (agent-pre-populate-only)',
      );
    return [first].filter((one) => one !== undefined);
  }
  const isSame =
    first !== undefined && staying !== undefined && findings.text(first.key) === findings.text(staying.key);
  return [isSame ? undefined : first, staying].filter(
    (one) => one !== undefined && one.value.length > 0,
  ) as AgentWishes['patches'];
}
