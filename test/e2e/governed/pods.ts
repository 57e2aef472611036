import { stringify } from 'yaml';

/** What is asked for where the document's pod asks for a slice of team-a. */
export interface Wish {
  readonly name?: string;
  readonly namespace?: string;
  readonly resource?: string;
  readonly role?: string;
  readonly path?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
}

/** The document's pod, as a developer of a team writes it down; its first line says for people what is in it. */
export function inferencePod({
  name = 'inference-pod',
  namespace = 'team-a',
  resource = 'nvidia.com/mig-3g.40gb',
  role = namespace,
  path = `secret/data/${namespace}/api-key`,
  annotations = {},
  nodeSelector = { 'gpu-type': 'h100-mig' },
  serviceAccount = namespace,
}: Wish = {}): string {
  const summary = `# ${namespace}/${name}: ${resource}, role ${role}, ${path}, nodes ${JSON.stringify(nodeSelector)}\n`;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      annotations: {
        'vault.hashicorp.com/agent-inject': 'true',
        'vault.hashicorp.com/role': role,
        'vault.hashicorp.com/agent-inject-secret-api': path,
        ...annotations,
      },
    },
    spec: {
      serviceAccountName: serviceAccount,
      nodeSelector,
      containers: [
        {
          name: 'model-server',
          image: 'nvcr.io/nvidia/cuda:12.0-base',
          resources: { limits: { [resource]: 1 } },
        },
      ],
    },
  };
  return summary + stringify(pod);
}
