import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import type { ClusterNode } from '../../servers/node.ts';

const IMAGE = 'nvcr.io/nvidia/cuda:12.0-base';
const DIRECTORY = '/run/secrets/sidekey';
const PROGRAM = 'rotating-server';

/** How a server is told, the port that it serves, and its user. */
export const SERVERS = [
  { how: 'http', port: 8001, uid: 0 },
  { how: 'signal', port: 8002, uid: 1000 },
  { how: 'never', port: 8003, uid: 1000 },
] as const;

export type Server = Readonly<{ how: (typeof SERVERS)[number]['how']; port: number; uid: number }>;

/** What makes a template read its login and its certificate anew: they are asked for in other words whenever this changes. */
export const GENERATION = 'secret/data/ml/generation';

/** A login is asked for by the one role and by the other in turn. */
export const rolesOf = ({ how }: Server): readonly string[] => [`${how}-odd`, `${how}-even`];

/** Each server has these files, with a login and a certificate that no other has. */
const contents = ({ how }: Server): Readonly<Record<string, string>> => ({
  [`secret.${how}-key`]: `vault:${GENERATION}#key`,
  [`template.${how}-login`]: ofGeneration(
    `{{ with secret (printf "database/creds/${how}-%s" .Data.data.turn) }}{{ .Data | toJSON }}{{ end }}`,
  ),
  [`template.${how}-certificate`]: ofGeneration(
    `{{ with pkiCert "pki/issue/model" "common_name=${nameOf(how)}" (printf "alt_names=%s.test" .Data.data.key) }}` +
      '{{ .Key }}\n{{ .Cert }}{{ end }}',
  ),
});

const ofGeneration = (text: string): string => `{{ with secret "${GENERATION}" }}${text}{{ end }}`;

/** What clients call it, and its certificate says. */
export const nameOf = (how: string): string => `${how}.model.test`;

const commandLine = ({ how, port }: Server): readonly string[] => [
  '/nodejs/bin/node',
  `/program/${PROGRAM}.cjs`,
  how,
  String(port),
];

/** The last one has no handler for the signal that it is to get. */
function target(server: Server): Readonly<Record<string, string>> {
  const { how, port } = server;
  if (how === 'http')
    return {
      reload: `http:POST http://127.0.0.1:${port + 1000}/reload`,
      'reload-header': 'Authorization: Bearer file:http-key',
    };
  const reload = `signal:SIGHUP ${commandLine(server).join(' ')}`;
  return { reload, ...(how === 'never' && { 'reload-deadline': '10s' }) };
}

function annotations(server: Server): [string, string][] {
  const files = contents(server);
  const told = Object.keys(files).flatMap((key) => {
    const file = key.slice(key.indexOf('.') + 1);
    return Object.entries(target(server)).map(([row, value]): [string, string] => [`${row}.${file}`, value]);
  });
  return [...Object.entries(files), ...told].map(([key, value]) => [`sidekey.dev/${key}`, value]);
}

/** A pod with a container for each server; they find their database at an address such as `10.0.0.1:5432`. */
export function manifest(
  name: string,
  servers: readonly Server[],
  { database = '', spec = {} }: { readonly database?: string; readonly spec?: object } = {},
): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      annotations: {
        'sidekey.dev/inject': 'true',
        'sidekey.dev/vault-role': 'ml-inference',
        'sidekey.dev/poll': '500ms',
        ...Object.fromEntries(servers.flatMap(annotations)),
      },
    },
    spec: {
      terminationGracePeriodSeconds: 5,
      shareProcessNamespace: true,
      volumes: [{ name: 'program', configMap: { name: PROGRAM } }],
      containers: servers.map((server) => ({
        name: server.how,
        image: IMAGE,
        command: commandLine(server),
        env: [
          { name: 'FILES', value: `${DIRECTORY}/${server.how}` },
          { name: 'DATABASE', value: database },
        ],
        securityContext: { runAsUser: server.uid },
        volumeMounts: [{ name: 'program', mountPath: '/program' }],
      })),
      ...spec,
    },
  });
}

/** Makes the servers' program known to the cluster. */
export async function installProgram(node: ClusterNode): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-program-'));
  try {
    const file = join(directory, `${PROGRAM}.cjs`);
    await build({
      input: fileURLToPath(new URL('server.ts', import.meta.url)),
      platform: 'node',
      // What the driver would take if it were there.
      external: ['pg-native'],
      output: { file, format: 'cjs', minify: true },
    });
    await node.kubectl(['create', 'configmap', PROGRAM, `--from-file=${file}`]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
