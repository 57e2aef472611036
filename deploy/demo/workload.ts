import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AgentConfig, parseConfig, serialiseConfig } from '#contract/agent-config.ts';
import { CONFIG_VARIABLE, CONTAINER } from '#contract/layout.ts';
import { describeProblems } from '#contract/problem.ts';
import type { VaultAuth } from '#contract/vault-auth.ts';
import type { TokenIssuer } from '../../test/servers/service-account.ts';
import { SERVICE_ACCOUNT } from './admission.ts';
import { entrypointOf, agentFiles } from './bundles.ts';
import type { Command } from './crew.ts';
import { type Container, places, type Pod } from './pod.ts';
import type { Layout, Sandbox } from './sandbox.ts';

const NODE = '/nodejs/bin/node';
const MODEL_SERVER = '/app/model-server.mjs';
const MODEL_SERVER_SOURCE = fileURLToPath(new URL('./model-server.mjs', import.meta.url));

/** What a container of any image has. */
const IMAGE_ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** Nobody replaces the pod's token here, as the kubelet would. */
const TOKEN_TTL_SECONDS = 86_400;

/** What the patched pod says about the agent. */
export interface AgentPart {
  readonly pod: Pod;
  readonly container: Container;
  readonly config: AgentConfig;
}

/** @throws {Error} If the pod has no agent, or one that cannot read its configuration. */
export function agentPart(pod: Pod): AgentPart {
  const container = pod.spec.initContainers?.find(({ name }) => name === CONTAINER.run);
  if (container === undefined) throw new Error(`Cannot start the agent: the pod has no "${CONTAINER.run}"`);
  const read = parseConfig(container.env?.find(({ name }) => name === CONFIG_VARIABLE)?.value ?? '');
  if (!read.ok) throw new Error(`Cannot start the agent: ${describeProblems(read.problems)}`);
  return { pod, container, config: read.value.config };
}

/** Where the pod's processes are to find what: the agent's mounts, its token, and what the two images hold. */
export async function layOut(
  { pod, container, config }: AgentPart,
  issuer: TokenIssuer,
  directory: string,
): Promise<Layout> {
  const all = places(pod, container);
  const tokens = join(directory, 'tokens');
  await mkdir(tokens);
  const [, bundle = ''] = await entrypointOf('agent');
  const files = [
    { path: NODE, source: process.execPath },
    ...(await agentFiles()).map((source) => ({ path: join(dirname(bundle), basename(source)), source })),
    { path: MODEL_SERVER, source: MODEL_SERVER_SOURCE },
    { path: config.terminationLog, source: join(directory, 'termination-log') },
  ];
  await writeFile(join(directory, 'termination-log'), '');
  await chmod(join(directory, 'termination-log'), 0o666);
  for (const place of all) {
    if (place.kind !== 'token') continue;
    const source = join(tokens, basename(place.path));
    const { audience } = place;
    const account = { ...SERVICE_ACCOUNT, pod: pod.metadata.name, ttlSeconds: TOKEN_TTL_SECONDS };
    await writeFile(source, issuer.token(audience === undefined ? account : { ...account, audience }));
    files.push({ path: place.path, source });
  }
  return {
    tmpfs: all.filter((place) => place.kind === 'tmpfs'),
    files,
    uid: container.securityContext?.runAsUser ?? 65_532,
  };
}

/** The agent's process: the image's entry point with the container's arguments and environment, in the sandbox's names. */
export async function agentCommand({ container, config }: AgentPart, sandbox: Sandbox): Promise<Command> {
  const argv = [...(await entrypointOf('agent')), ...(container.args ?? [])];
  const env = (container.env ?? []).map(({ name, value = '' }): [string, string] => [name, value]);
  return sandbox.command(argv.map(sandbox.locate), {
    ...IMAGE_ENVIRONMENT,
    ...Object.fromEntries(env),
    [CONFIG_VARIABLE]: serialiseConfig(relocate(config, sandbox)),
  });
}

/** The same configuration where paths have other names; unchanged in a namespace. */
function relocate(config: AgentConfig, { locate }: Sandbox): AgentConfig {
  const { vault, files } = config;
  return {
    ...config,
    ...(vault && {
      vault: { ...vault, auth: relocateAuth(vault.auth, locate) },
    }),
    files: files.map((file) => ({ ...file, volume: locate(file.volume) })),
    stateDirectory: locate(config.stateDirectory),
    terminationLog: locate(config.terminationLog),
  };
}

/** The pod of the demo logs in by its service account. */
function relocateAuth(auth: VaultAuth, locate: Sandbox['locate']): VaultAuth {
  return 'tokenFile' in auth ? { ...auth, tokenFile: locate(auth.tokenFile) } : auth;
}

/** The application of the pod: here a sample server in place of the image. */
export function modelServerCommand({ config }: AgentPart, sandbox: Sandbox): Command {
  const [file] = config.files;
  const keyFile = file === undefined ? '' : `${sandbox.locate(file.volume)}/${file.path}`;
  return sandbox.command([sandbox.locate(NODE), sandbox.locate(MODEL_SERVER), keyFile], IMAGE_ENVIRONMENT);
}
