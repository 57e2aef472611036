import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ApiProxy, startApiProxy } from './api-proxy.ts';
import { clusterBinaries } from './cluster-binaries.ts';
import { freePort } from './port.ts';

const SCRIPT = fileURLToPath(new URL('../cluster/control-plane.sh', import.meta.url));
const LARGEST_OUTPUT = 64 * 1024 * 1024;

/** A real API server without nodes: admission, policies, tokens and controllers work, pods stay Pending. */
export interface ControlPlane {
  readonly kubeconfig: string;
  /** How it was come by, for the test's output. */
  readonly origin: string;
  /** Where its audit log is; undefined if it keeps none. */
  readonly auditLog?: string;
  /**
   * What kubectl printed.
   *
   * @throws {KubectlError} With what it said, if it failed.
   */
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  /** The API without kubectl. To be disposed of before the control plane is stopped. */
  proxy(): Promise<ApiProxy>;
  /**
   * Kills the API server, does what is to be done meanwhile, and starts it again with all it knew.
   *
   * @throws {Error} On a cluster that is not the tests' own.
   */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  /** Deletes what a test has made, by the arguments of `kubectl delete`; of a cluster of its own all goes with that. */
  forget(args: readonly string[], stdin?: string): Promise<void>;
  stop(): Promise<void>;
}

export interface ControlPlaneOptions {
  /** A file with an audit policy: there will be an audit log, and a control plane of its own whatever `KUBECONFIG` names. */
  readonly auditPolicy?: string;
}

/** kubectl failed, as it does when an admission is denied. */
class KubectlError extends Error {
  override readonly name = 'KubectlError';
}

interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly stdin?: string;
}

function run({ file, args, environment, stdin = '' }: Command): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: environment, maxBuffer: LARGEST_OUTPUT };
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new KubectlError(`${stderr}${stdout}`.trim() || error.message));
    });
    child.stdin?.on('error', () => undefined).end(stdin);
  });
}

/** Of the cluster's objects that tests make and delete, those that are the same for all namespaces. */
const CLUSTER_WIDE = ['00-sidekey', 'zz-sidekey'];

async function existing(kubeconfig: string): Promise<ControlPlane> {
  const environment = { ...process.env, KUBECONFIG: kubeconfig };
  const kubectl: ControlPlane['kubectl'] = (args, stdin = '') =>
    run({ file: 'kubectl', args, environment, stdin });
  const installed = await kubectl([
    'get',
    'mutatingwebhookconfigurations',
    '--ignore-not-found',
    '--output=name',
    ...CLUSTER_WIDE,
  ]);
  if (installed.trim() !== '')
    throw new Error(
      `Cannot test on the cluster of KUBECONFIG=${kubeconfig}: Sidekey is installed there, and the tests would remove it. Unset KUBECONFIG to test on a cluster of their own`,
    );
  return {
    kubeconfig,
    origin: `the cluster of KUBECONFIG=${kubeconfig}`,
    kubectl,
    proxy: () => startApiProxy('kubectl', environment),
    restart: () => Promise.reject(new Error('Cannot restart the API server of a cluster that is not ours')),
    async forget(args, stdin) {
      await kubectl(['delete', '--wait=false', '--ignore-not-found', ...args], stdin);
    },
    stop: () => Promise.resolve(),
  };
}

/**
 * The cluster that `KUBECONFIG` names (its API server must reach 127.0.0.1 of this machine), else
 * `test/cluster/control-plane.sh` in a directory and on a port of its own. Needs no root.
 *
 * @throws {KubectlError} With what the script printed if the API server does not come up.
 * @throws {Error} If Sidekey is already installed in the cluster of `KUBECONFIG`.
 */
export async function startControlPlane(
  kubeconfig = process.env['KUBECONFIG'],
  { auditPolicy }: ControlPlaneOptions = {},
): Promise<ControlPlane> {
  if (auditPolicy === undefined && kubeconfig !== undefined && kubeconfig !== '')
    return await existing(kubeconfig);
  const binaries = await clusterBinaries();
  // A short path: sockets inside it may have at most 107 characters.
  const directory = await mkdtemp(join(tmpdir(), 'sk-'));
  const port = await freePort();
  const environment = {
    ...process.env,
    CLUSTER_DIR: directory,
    CLUSTER_BIN: binaries,
    API_PORT: String(port),
    ...(auditPolicy === undefined ? {} : { AUDIT_POLICY: auditPolicy }),
  };
  const stop = async (): Promise<void> => {
    await run({ file: SCRIPT, args: ['down'], environment });
    await rm(directory, { recursive: true, force: true });
  };
  const up = run({ file: SCRIPT, args: ['up'], environment });
  const path = await up.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const kubectl = join(binaries, 'kubectl');
  const own = { ...environment, KUBECONFIG: path.trim() };
  return {
    kubeconfig: path.trim(),
    origin: `a control plane of its own on 127.0.0.1:${port}`,
    ...(auditPolicy === undefined ? {} : { auditLog: join(dirname(path.trim()), 'audit.log') }),
    kubectl: (args, stdin = '') => run({ file: kubectl, args, environment: own, stdin }),
    proxy: () => startApiProxy(kubectl, own),
    async restart(meanwhile = () => Promise.resolve()) {
      await run({ file: SCRIPT, args: ['kill-apiserver'], environment });
      await meanwhile();
      await run({ file: SCRIPT, args: ['up'], environment });
    },
    forget: () => Promise.resolve(),
    stop,
  };
}
