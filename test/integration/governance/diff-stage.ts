import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { findOpenBao } from '../../servers/openbao-binary.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { createTokenIssuer, mountKubernetesAuth } from '../../servers/service-account.ts';
import { type Ended, sidekey } from '../../servers/sidekey.ts';

/** What the acceptance scenario declares: team-a and team-b, with OpenBao. */
const SCENARIO = join(import.meta.dirname, '../../golden/tenants/scenario/tenants.yaml');

/**
 * Arguments of kubectl: somebody whom the tenancy guard of every platform declared here takes for one of its own.
 * An API server may hold to a policy for a moment after it has been deleted.
 */
export const AS_PLATFORM = ['--as=somebody', '--as-group=platform', '--as-group=system:masters'];

/** A real API server and a real OpenBao to which the scenario has been applied as the command says. */
export interface DiffStage extends AsyncDisposable {
  readonly cluster: ControlPlane;
  readonly store: OpenBaoServer;
  /** What `sidekey tenant diff` says, of the scenario, with more arguments and another environment. */
  diff(args?: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended>;
  /** The same, read. */
  drifts(): Promise<Drifts>;
  /** A kubeconfig of somebody who has this ClusterRole, and nothing else. */
  kubeconfigOf(role: string): Promise<string>;
  /** Applies everything once more, which mends all but what is too much. */
  mend(): Promise<void>;
}

export interface Drifts {
  readonly code: number;
  /** Of each object that is not as declared, `kind subject`, the fields, as `kind field`. */
  readonly found: ReadonlyMap<string, readonly string[]>;
  readonly unanswered: readonly string[];
}

/** What it prints for machines. */
export interface Report {
  readonly compared: number;
  readonly drifts: readonly {
    readonly kind: string;
    readonly subject: string;
    readonly differences: readonly { readonly kind: string; readonly field: string }[];
  }[];
  readonly unanswered: readonly { readonly message: string }[];
}

/** The token of the store that everything is compared with, and that no output may hold. */
const environmentOf = (store: OpenBaoServer, caFile: string): Readonly<Record<string, string>> => ({
  BAO_ADDR: store.address,
  BAO_TOKEN: store.rootToken,
  BAO_CACERT: caFile,
});

export async function startDiffStage(): Promise<DiffStage> {
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-diff-'));
  const [cluster, store] = await Promise.all([startControlPlane(), startOpenBao({ tls: true })]);
  const caFile = join(directory, 'ca.pem');
  await writeFile(caFile, store.caPem ?? '');
  await mountKubernetesAuth(store.api, createTokenIssuer(), 'auth/jwt');
  const environment = { ...environmentOf(store, caFile), KUBECONFIG: cluster.kubeconfig };
  const out = join(directory, 'out');
  const readers: string[] = [];
  const [bao] = (await findOpenBao()).command('', 0, []);

  const diff: DiffStage['diff'] = (args = [], more = {}) =>
    sidekey(['tenant', 'diff', '-f', SCENARIO, ...args], { environment: { ...environment, ...more } });

  async function mend(): Promise<void> {
    const rendered = await sidekey(['tenant', 'render', '-f', SCENARIO, '-o', out]);
    if (rendered.code !== 0) throw new Error(rendered.stderr);
    await cluster.kubectl(['apply', '--recursive', '-f', join(out, 'kubernetes')]);
    const env = { PATH: process.env['PATH'], BAO: bao, ...environment };
    await promisify(execFile)('sh', [join(out, 'openbao/apply.sh')], { env });
  }

  await mend();
  return {
    cluster,
    store,
    diff,
    mend,
    async drifts() {
      const { code, stdout } = await diff(['-o', 'json']);
      const { drifts, unanswered } = JSON.parse(stdout) as Report;
      return {
        code,
        found: new Map(
          drifts.map((one) => [
            `${one.kind} ${one.subject}`,
            one.differences.map(({ kind, field }) => `${kind} ${field}`),
          ]),
        ),
        unanswered: unanswered.map(({ message }) => message),
      };
    },
    async kubeconfigOf(role) {
      const { metadata } = parse(role) as { readonly metadata: { readonly name: string } };
      const file = join(directory, `${metadata.name}.kubeconfig`);
      await writeFile(file, await readerConfig(cluster, metadata.name, role));
      readers.push(metadata.name);
      return file;
    },
    async [Symbol.asyncDispose]() {
      for (const name of readers) {
        await cluster.forget(['clusterrole,clusterrolebinding', name]);
        await cluster.forget(['serviceaccount', name, '-n', 'default']);
      }
      await cluster.forget(['--recursive', '-f', join(out, 'kubernetes'), ...AS_PLATFORM]);
      await cluster.stop();
      await store.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function readerConfig(cluster: ControlPlane, name: string, role: string): Promise<string> {
  const { kubectl } = cluster;
  await kubectl(['create', '-f', '-'], role);
  await kubectl(['create', 'serviceaccount', name, '-n', 'default']);
  const account = `--serviceaccount=default:${name}`;
  await kubectl(['create', 'clusterrolebinding', name, `--clusterrole=${name}`, account]);
  const who = `--as=system:serviceaccount:default:${name}`;
  await eventually(`the rights of ${name}`, PATIENCE_MS, () =>
    kubectl(['auth', 'can-i', 'get', 'namespaces', who]),
  );
  const token = (await kubectl(['create', 'token', name, '-n', 'default'])).trim();
  const view = ['config', 'view', '--raw', '--minify', '-o', 'json'];
  const { clusters } = JSON.parse(await kubectl(view)) as {
    readonly clusters: readonly [{ readonly name: string }];
  };
  const context = { cluster: clusters[0].name, user: name };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context }],
    clusters,
    users: [{ name, user: { token } }],
  });
}
