import { createPublicKey, type webcrypto } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Output } from '../../servers/node.ts';
import { findOpenBao } from '../../servers/openbao-binary.ts';
import { setStage, type Stage } from '../stage.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const AUDIT_POLICY = join(ROOT, 'deploy/kubernetes/audit-policy.yaml');
const COMMAND = join(ROOT, 'dist/sidekey.cjs');
const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** A cluster with a real node, both its logs, and a folder for what is rendered. */
export interface GovernedCluster extends AsyncDisposable {
  readonly stage: Stage;
  readonly directory: string;
  /** What was done and what was said to it, for people. */
  readonly transcript: string[];
  /** The declaration of both teams. */
  readonly tenants: string;
  /** Runs a command on the cluster's network, as the administrator of cluster and store. */
  run(command: readonly string[]): Promise<Output>;
  /** The same with `sidekey …`. */
  sidekey(...args: readonly string[]): Promise<Output>;
  /** kubectl as a developer of a team. */
  as(team: string, args: readonly string[], stdin?: string): Promise<Output>;
}

/** Everything that was there before any tenant: node, stores, injector, and the method by which pods log in. */
export async function startGovernedCluster(): Promise<GovernedCluster> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'sk-governed-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const operator = {
    SIDEKEY_POLL: '1s',
    SIDEKEY_VAULT_AUTH_METHOD: 'jwt',
    SIDEKEY_VAULT_AUTH_PATH: 'auth/jwt',
  };
  const stage = stack.use(await setStage(operator, { auditPolicy: AUDIT_POLICY }));
  const { node, bao } = stage;
  await enableJwtAuth(stage);
  await node.kubectl(['label', 'node', 'node-1', 'gpu-type=h100-mig']);
  await offer(stage, 'nvidia.com/mig-1g.10gb');
  const tenants = join(directory, 'tenants.yaml');
  const text = await readFile(new URL('tenants.yaml', import.meta.url), 'utf8');
  await writeFile(tenants, text.replace('STORE', bao.address));
  await writeFile(join(directory, '.vault-token'), bao.rootToken, { mode: 0o600 });
  const administrator = [
    'env',
    `HOME=${directory}`,
    `KUBECONFIG=${node.kubeconfig}`,
    `VAULT_ADDR=${bao.address}`,
    `BAO_ADDR=${bao.address}`,
    `BAO=${(await findOpenBao()).command(directory, 0, [])[0]}`,
  ];
  const transcript: string[] = [];
  const told = async (who: string, command: readonly string[], stdin?: string): Promise<Output> => {
    const output = await node.attempt(command, stdin);
    const comments = stdin?.split('\n').filter((line) => line.startsWith('#')) ?? [];
    transcript.push(...comments, `${who}$ ${shown(command)}`, ...lines(output.stdout + output.stderr, '  '));
    return output;
  };
  const cleanup = stack.move();
  return {
    stage,
    directory,
    transcript,
    tenants,
    run: (command) => told('admin', [...administrator, ...command]),
    sidekey: (...args) => told('admin', [...administrator, process.execPath, COMMAND, ...args]),
    as: (team, args, stdin) => told(team, ['kubectl', ...impersonating(team), ...args], stdin),
    [Symbol.asyncDispose]: () => cleanup.disposeAsync(),
  };
}

const impersonating = (team: string): readonly string[] => [
  `--as=${team}-developer`,
  `--as-group=oidc:${team}-devs`,
  '--as-group=system:authenticated',
];

/** A command as a person would have typed it. */
const shown = (command: readonly string[]): string =>
  command
    .filter(
      (word) =>
        !/^(?:env|--as(?:-group)?=.*|HOME=.*|KUBECONFIG=.*|(?:VAULT|BAO)_ADDR=.*|BAO=.*)$/u.test(word),
    )
    .join(' ')
    .replace(`${process.execPath} ${COMMAND}`, 'sidekey');

const LONGEST = 12;

function lines(text: string, indent: string): readonly string[] {
  const all = text
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '');
  const few = all.length > LONGEST ? [...all.slice(0, LONGEST), `… ${all.length - LONGEST} lines more`] : all;
  return few.map((line) => indent + line);
}

/** Beside the profile that the stage's node has. */
async function offer({ node }: Stage, resource: string): Promise<void> {
  const amount = { [resource]: '1' };
  const patch = JSON.stringify({ status: { capacity: amount, allocatable: amount } });
  await node.kubectl(['patch', 'node', 'node-1', '--subresource=status', '--type=merge', '-p', patch]);
}

/** The key by which the API server signs, so that the store knows its tokens without asking it. */
async function enableJwtAuth({ node, bao }: Stage): Promise<void> {
  const { keys } = JSON.parse(await node.kubectl(['get', '--raw', '/openid/v1/jwks'])) as {
    readonly keys: readonly webcrypto.JsonWebKey[];
  };
  const pems = keys.map((key) =>
    createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }),
  );
  await bao.api('POST', 'sys/auth/jwt', { type: 'jwt' });
  await bao.api('POST', 'auth/jwt/config', { jwt_validation_pubkeys: pems, bound_issuer: ISSUER });
}
