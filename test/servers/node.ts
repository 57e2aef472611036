import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clusterBinaries } from './cluster-binaries.ts';
import type { Docker } from './docker.ts';

const SCRIPT = fileURLToPath(new URL('../cluster/node.sh', import.meta.url));

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** A whole Kubernetes cluster with one real node, in network, mount and process namespaces of its own. */
export interface ClusterNode {
  /** The node's address: servers on the cluster's network are reached there by the pods. */
  readonly address: string;
  /** The API server, as seen from the node and its pods, with its authority. */
  readonly apiServer: { readonly url: string; readonly caPem: string };
  /** Of its administrator. */
  readonly kubeconfig: string;
  /** What the API server writes down, if it was given an audit policy. */
  readonly auditLog: string;
  /** Runs a command on the cluster's network; rejects if it fails. */
  run(command: readonly string[], stdin?: string): Promise<string>;
  /** The same, whatever the exit code. */
  attempt(command: readonly string[], stdin?: string): Promise<Output>;
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  /** A command, made to run on the cluster's network; it sees the machine's files. */
  enter(command: readonly string[]): readonly [string, ...string[]];
  /** Makes an image of a Docker engine known to the node. */
  importImage(docker: Docker, tag: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface NodeOptions {
  /** A file with the audit policy of the API server, which keeps no log without. */
  readonly auditPolicy?: string;
}

const ADDRESS = '10.244.0.1';
const LARGEST_OUTPUT = 64 * 1024 * 1024;

function execute(
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
  stdin?: string,
): Promise<Output> {
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { env: environment, maxBuffer: LARGEST_OUTPUT },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ stdout, stderr, code });
      },
    );
    // A program that ends without reading its input breaks the pipe; how it ended says all about it.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin ?? '');
  });
}

function demand(command: readonly string[], { stdout, stderr, code }: Output): string {
  if (code === 0) return stdout;
  throw new Error(`Cannot run ${command.join(' ')}: exit code ${code}\n${stderr}${stdout}`);
}

/** The first process inside the node's namespaces: the only child of the one that `node.sh` noted down. */
async function firstProcess(directory: string): Promise<string> {
  const [unshare = ''] = (await readFile(join(directory, 'node/pid/machine'), 'utf8')).split(' ');
  return (await readFile(`/proc/${unshare}/task/${unshare}/children`, 'utf8')).trim();
}

/**
 * Starts `test/cluster/node.sh` in a directory of its own. Needs root, containerd, runc and the CNI plugins.
 *
 * @throws {Error} With what the script printed if the node does not come up.
 */
export async function startNode({ auditPolicy }: NodeOptions = {}): Promise<ClusterNode> {
  // A short path: sockets inside it may have at most 107 characters.
  const directory = await mkdtemp(join(tmpdir(), 'sk-'));
  const environment = {
    ...process.env,
    CLUSTER_DIR: directory,
    CLUSTER_BIN: await clusterBinaries(),
    ...(auditPolicy && { AUDIT_POLICY: auditPolicy }),
  };
  const up = await execute([SCRIPT, 'up'], environment);
  const stop = async (): Promise<void> => {
    await execute([SCRIPT, 'down'], environment);
    await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  if (up.code !== 0) {
    await stop();
    throw new Error(`Cannot start the cluster node: ${up.stderr}${up.stdout}`);
  }
  const pid = await firstProcess(directory);
  const control = join(directory, 'node/control-plane');
  const path = [environment.CLUSTER_BIN, process.env['PATH']].join(delimiter);
  const inside = { ...environment, PATH: path, KUBECONFIG: join(control, 'admin.kubeconfig') };
  const enter = (command: readonly string[]): readonly [string, ...string[]] => [
    'nsenter',
    '--target',
    pid,
    '--net',
    '--',
    ...command,
  ];
  const attempt = (command: readonly string[], stdin?: string): Promise<Output> =>
    execute(enter(command), inside, stdin);
  const run = async (command: readonly string[], stdin?: string): Promise<string> =>
    demand(command, await attempt(command, stdin));
  return {
    address: ADDRESS,
    apiServer: { url: `https://${ADDRESS}:6443`, caPem: await readFile(join(control, 'pki/ca.crt'), 'utf8') },
    kubeconfig: join(control, 'admin.kubeconfig'),
    auditLog: join(control, 'audit.log'),
    run,
    attempt,
    enter,
    kubectl: (args, stdin) => run(['kubectl', ...args], stdin),
    importImage: (docker, tag) => importImage(docker, tag, pid),
    [Symbol.asyncDispose]: stop,
  };
}

/** `docker save` into the node's containerd. */
async function importImage(docker: Docker, tag: string, pid: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'sk-image-'));
  const archive = join(directory, 'image.tar');
  try {
    await docker.docker('save', '--output', archive, tag);
    const load = ['ctr', '-n', 'k8s.io', 'images', 'import', archive];
    // The archive is on the machine's file system, which is the node's too.
    demand(
      load,
      await execute(['nsenter', '--target', pid, '--net', '--mount', '--pid', '--', ...load], process.env),
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
