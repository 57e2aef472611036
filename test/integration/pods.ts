import { CONTAINER, VOLUME } from '#contract/layout.ts';

/** The family of the annotations. */
export const VAULT = 'vault.hashicorp.com/';
/** What the user's pod asks for. */
export const ASKS = {
  [`${VAULT}agent-inject`]: 'true',
  [`${VAULT}role`]: 'ml-inference',
  [`${VAULT}agent-inject-secret-api`]: 'secret/data/ml/api-key',
};
/** The user's container. */
export const MODEL_SERVER = {
  name: 'model-server',
  image: 'nvcr.io/nvidia/cuda:12.0-base',
  resources: { limits: { 'nvidia.com/mig-3g.40gb': 1 } },
};

export interface Container {
  readonly name: string;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

/** The slice of a stored pod that is looked at. */
export interface Pod {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly { readonly name: string }[];
  };
  readonly status: { readonly qosClass: string };
}

export const agentOf = (pod: Pod): Container | undefined =>
  pod.spec.initContainers?.find(({ name }) => name === CONTAINER.run);

/** Where a container finds the rendered files. */
export const mountsOf = (container: Container | undefined): readonly string[] =>
  (container?.volumeMounts ?? [])
    .filter(({ name }) => name === VOLUME.secrets)
    .map(({ mountPath }) => mountPath);
