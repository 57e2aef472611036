import { CONTAINER, VOLUME } from '#contract/layout.ts';

/** The drop-in family of annotations, and Sidekey's own. */
export const VAULT = 'vault.hashicorp.com/';
export const NATIVE = 'sidekey.dev/';
/** What the user's pod asks for. */
export const ASKS = {
  [`${VAULT}agent-inject`]: 'true',
  [`${VAULT}role`]: 'ml-inference',
  [`${VAULT}agent-inject-secret-api`]: 'secret/data/ml/api-key',
};
/** The same in Sidekey's own words, with a secret of the other store beside it. */
export const ASKS_NATIVELY = {
  [`${NATIVE}inject`]: 'true',
  [`${NATIVE}vault-role`]: 'ml-inference',
  [`${NATIVE}secret.api`]: 'vault:secret/data/ml/api-key#key',
  [`${NATIVE}infisical-identity`]: 'an-identity',
  [`${NATIVE}secret.hf-token`]: 'infisical:ml/prod/serving#HF_TOKEN',
};
/** The user's container. */
export const MODEL_SERVER = {
  name: 'model-server',
  image: 'nvcr.io/nvidia/cuda:12.0-base',
  resources: { limits: { 'nvidia.com/mig-3g.40gb': 1 } },
};

export interface Container {
  readonly name: string;
  readonly resources?: { readonly requests?: object; readonly limits?: object };
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

const FILES: readonly string[] = [VOLUME.secrets, VOLUME.files];

/** Where a container finds the rendered files. */
export const mountsOf = (container: Container | undefined): readonly string[] =>
  (container?.volumeMounts ?? [])
    .filter(({ name }) => FILES.includes(name))
    .map(({ mountPath }) => mountPath);
