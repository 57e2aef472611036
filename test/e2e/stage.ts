import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findDocker, type Docker } from '../servers/docker.ts';
import { type NodeInfisical, startInfisical } from './infisical.ts';
import { buildImage } from '../servers/images.ts';
import { makeBaseImage } from '../servers/base-image.ts';
import { type ClusterNode, type NodeOptions, startNode } from '../servers/node.ts';
import { eventually, PATIENCE_MS } from '../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../servers/openbao.ts';

const INSTALL = fileURLToPath(new URL('../../deploy/kubernetes/main.ts', import.meta.url));
const MODEL_SERVER = fileURLToPath(new URL('model-server', import.meta.url));

/** The name in the user's pod; the image is made here, for none can be pulled. */
const MODEL_IMAGE = 'nvcr.io/nvidia/cuda:12.0-base';

/** Everything a pod needs before it can be created: node, images, both stores with Kubernetes auth, the injector as a pod. */
export interface Stage extends AsyncDisposable {
  readonly node: ClusterNode;
  readonly bao: OpenBaoServer;
  readonly infisical: NodeInfisical;
}

export interface Operator {
  readonly [variable: `SIDEKEY_${string}`]: string;
}

export interface StageOptions extends NodeOptions {
  /** Whether the sync of Kubernetes Secrets is installed, too. */
  readonly sync?: boolean;
}

/** @throws {Error} If any part does not come up; what had been started is stopped. */
export async function setStage(
  operator: Operator,
  { sync = false, ...options }: StageOptions = {},
): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const docker = stack.use(await findDocker());
  const node = stack.use(await startNode(options));
  const [agent, injector] = await loadImages(docker, node);
  const bao = stack.use(
    await startOpenBao({ storage: 'disk', network: { address: node.address, enter: node.enter } }),
  );
  const reviewer = await createReviewer(node);
  await enableKubernetesAuth(node, bao, reviewer);
  const infisical = stack.use(await startInfisical(node, reviewer));
  await offerAccelerators(node);
  const stores = ['--vault-address', bao.address, '--infisical-address', infisical.address];
  const synced = sync
    ? ['--sync', '--sync-poll', '1s', '--sync-infisical-identity', infisical.syncIdentity]
    : [];
  await install(node, { agent, injector, stores: [...stores, ...synced], operator });
  const cleanup = stack.move();
  return { node, bao, infisical, [Symbol.asyncDispose]: () => cleanup.disposeAsync() };
}

async function loadImages(docker: Docker, node: ClusterNode): Promise<[agent: string, injector: string]> {
  const agent = await buildImage(docker, 'agent');
  const injector = await buildImage(docker, 'injector');
  const base = await makeBaseImage(docker);
  await docker.docker('build', '--quiet', '--build-arg', `BASE=${base}`, '--tag', MODEL_IMAGE, MODEL_SERVER);
  for (const tag of [agent, injector, MODEL_IMAGE]) await node.importImage(docker, tag);
  return [agent, injector];
}

/** The stores ask this API server whether a pod's token is good, as an account of their own. */
async function createReviewer(node: ClusterNode): Promise<string> {
  await node.kubectl(['create', 'serviceaccount', 'reviewer']);
  await node.kubectl([
    'create',
    'clusterrolebinding',
    'reviewer',
    '--clusterrole=system:auth-delegator',
    '--serviceaccount=default:reviewer',
  ]);
  return (await node.kubectl(['create', 'token', 'reviewer', '--duration=24h'])).trim();
}

async function enableKubernetesAuth(node: ClusterNode, bao: OpenBaoServer, reviewer: string): Promise<void> {
  await bao.api('POST', 'sys/auth/kubernetes', { type: 'kubernetes' });
  await bao.api('POST', 'auth/kubernetes/config', {
    kubernetes_host: node.apiServer.url,
    kubernetes_ca_cert: node.apiServer.caPem,
    token_reviewer_jwt: reviewer,
  });
  await bao.api('POST', 'sys/policies/acl/ml-inference', {
    policy: 'path "secret/data/ml/*" { capabilities = ["read"] }',
  });
  await bao.api('POST', 'auth/kubernetes/role/ml-inference', {
    bound_service_account_names: 'default',
    bound_service_account_namespaces: 'default',
    token_policies: 'ml-inference',
    token_ttl: '1h',
  });
}

/** The scheduler's arithmetic is real, the slices are not. */
async function offerAccelerators(node: ClusterNode): Promise<void> {
  const amount = { 'nvidia.com/mig-3g.40gb': '4' };
  const patch = JSON.stringify({ status: { capacity: amount, allocatable: amount } });
  await node.kubectl(['patch', 'node', 'node-1', '--subresource=status', '--type=merge', '-p', patch]);
}

interface Installation {
  readonly agent: string;
  readonly injector: string;
  /** Options with their addresses. */
  readonly stores: readonly string[];
  readonly operator: Operator;
}

/** As the README says: what `deploy/kubernetes` prints, applied. */
async function install(
  node: ClusterNode,
  { agent, injector, stores, operator }: Installation,
): Promise<void> {
  const images = ['--injector-image', injector, '--agent-image', agent];
  const environment = Object.entries(operator).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const { stdout } = await promisify(execFile)(process.execPath, [
    INSTALL,
    ...images,
    ...stores,
    ...environment,
  ]);
  await node.kubectl(['apply', '-f', '-'], stdout);
  const rollout = [
    '--namespace=sidekey',
    'rollout',
    'status',
    'deployment/sidekey-injector',
    '--timeout=240s',
  ];
  try {
    await node.kubectl(rollout);
  } catch (error) {
    const seen = await node.attempt(['kubectl', '--namespace=sidekey', 'describe', 'pods']);
    const logs = await node.attempt([
      'kubectl',
      '--namespace=sidekey',
      'logs',
      'deployment/sidekey-injector',
    ]);
    throw new Error(`The injector does not come up\n${seen.stdout}\n${logs.stdout}`, { cause: error });
  }
  await reachable(node);
}

/** The node's rules for a Service follow its endpoints with some delay, and are not part of what is tested. */
async function reachable(node: ClusterNode): Promise<void> {
  const pod = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'probe', annotations: { 'vault.hashicorp.com/agent-inject': 'false' } },
    spec: { containers: [{ name: 'probe', image: MODEL_IMAGE }] },
  });
  const ask = (): Promise<string> => node.kubectl(['create', '--dry-run=server', '-f', '-'], pod);
  await eventually('the API server reach the injector', PATIENCE_MS, ask);
}
