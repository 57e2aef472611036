import { KNOWN_ACCELERATORS } from '#contract/accelerators.ts';
import type { JsonObject } from '#contract/json.ts';
import type { Tenancy } from '../../../governance/tenant/platform.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { render, type Rendered } from './rendered.ts';

/** A real API server with the namespaces of tenants. */
export interface Stage extends AsyncDisposable {
  readonly cluster: ControlPlane;
  /** In the order of the tenancies. */
  readonly rendered: readonly Rendered[];
  /** Applies all files as a person does, in the order of their names, and gives what kubectl said. */
  apply(): Promise<string>;
  /** Makes an object in a namespace. */
  create(namespace: string, object: JsonObject, ...options: readonly string[]): Promise<string>;
}

/** Starts it, with the accounts that controllers make; nothing is applied yet. */
export async function startStage(tenancies: readonly Tenancy[]): Promise<Stage> {
  const [cluster, rendered] = await Promise.all([startControlPlane(), Promise.all(tenancies.map(render))]);
  const folders = rendered.flatMap(({ directory }) => ['-f', `${directory}/kubernetes`]);
  const namespaces = tenancies.flatMap(({ tenants }) => tenants.flatMap((tenant) => tenant.namespaces));
  return {
    cluster,
    rendered,
    async apply() {
      const said = await cluster.kubectl(['apply', '--recursive', ...folders]);
      for (const namespace of namespaces) await settled(cluster, namespace);
      return said;
    },
    create: (namespace, object, ...options) =>
      cluster.kubectl(['create', '-n', namespace, '-f', '-', ...options], JSON.stringify(object)),
    async [Symbol.asyncDispose]() {
      await cluster.forget(['namespace', ...namespaces]);
      await cluster.stop();
      for (const one of rendered) await one[Symbol.asyncDispose]();
    },
  };
}

/** More of everything than any quota has. */
const EXCESS = Object.fromEntries(KNOWN_ACCELERATORS.map((resource) => [resource, 100_000]));

/** The quota is in force, which it is when it has been counted, and there is an account for pods that name none. */
async function settled(cluster: ControlPlane, namespace: string): Promise<void> {
  const create = ['create', '--dry-run=server', '-n', namespace, '-f', '-'];
  const excessive = JSON.stringify(pod('excessive', EXCESS, { serviceAccountName: 'default' }));
  await eventually(`the quota of ${namespace}`, PATIENCE_MS, async () => {
    const said = await cluster.kubectl(create, excessive).catch(String);
    // Failed is one that says nothing of what is counted.
    if (!/(?:exceeded|failed) quota: sidekey-tenant/u.test(said)) throw new Error(said);
  });
}

/** A pod as strict as its namespace wants it, with one container that asks for this. */
export function pod(name: string, limits: JsonObject, more: JsonObject = {}): JsonObject {
  const container = {
    name: 'model-server',
    image: 'model-server:1',
    resources: { limits },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      serviceAccountName: 'team-a',
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [container],
      ...more,
    },
  };
}
