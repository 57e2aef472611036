import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type AgentConfig,
  type FileTarget,
  type SourceContent,
  serialiseConfig,
} from '#contract/agent-config.ts';
import { CONFIG_VARIABLE } from '#contract/layout.ts';
import { defaultTemplate } from '../../../injector/annotations/default-template.ts';
import { CREDENTIALS_PATH } from '../../servers/database.ts';
import { eventually, inTime, PATIENCE_MS } from '../../servers/eventually.ts';
import type { OpenBaoServer } from '../../servers/openbao.ts';
import { freePort } from '../../servers/port.ts';
import {
  createTokenIssuer,
  mountKubernetesAuth,
  type Role,
  writePolicy,
  writeRole,
} from '../../servers/service-account.ts';

const BUNDLE = fileURLToPath(new URL('../../../dist/agent.cjs', import.meta.url));

/** Whom the injector makes the agent's user where the pod names none. */
export const AGENT_UID = 65_532;

/** What must never be seen anywhere but in the rendered files and the saved state. */
export const CANARY = 'canary-4f9d1c7e';

const ACCOUNT = { namespace: 'ml', name: 'inference' };
const issuer = createTokenIssuer();

/** Makes a server what the agent of these tests expects: a login, a policy, a role and a secret. */
export async function furnish({ api }: Pick<OpenBaoServer, 'api'>, role: Partial<Role> = {}): Promise<void> {
  await mountKubernetesAuth(api, issuer);
  await writePolicy(api, 'ml', { 'secret/data/ml/*': ['read'], [CREDENTIALS_PATH]: ['read'] });
  await writeRole(api, { name: 'ml-inference', policies: ['ml'], account: ACCOUNT, ttl: '1h', ...role });
  await writeSecret({ api }, `${CANARY}-1`);
}

export async function writeSecret({ api }: Pick<OpenBaoServer, 'api'>, key: string): Promise<void> {
  await api('POST', 'secret/data/ml/api-key', { data: { key } });
}

const API_KEY_TEMPLATE = '{{ with secret "secret/data/ml/api-key" }}{{ .Data.data.key }}{{ end }}';

/** An agent that takes longer is not alive. */
const ANSWER_MS = 10_000;

/** So much for one request that no store that stands still for seconds is taken for a fault, and asked twice. */
export const REQUEST_MS = 30_000;

/** Whoever is asked to end waits for a store at most. */
const END_MS = 120_000;

/** What the pods of processes have printed so far. */
const printed = new WeakMap<ChildProcess, () => string>();

export type ConfigChange = Partial<Omit<AgentConfig, 'files' | 'vault'>> & {
  readonly vault?: Partial<AgentConfig['vault']>;
  readonly role?: string;
  /** Templates by the name of their file. */
  readonly templates?: Readonly<Record<string, string>>;
  /** More files, of secrets in a format, by their names. */
  readonly sources?: Readonly<Record<string, SourceContent>>;
};

/** A pod's part of the agent: its directories, its token, and one agent after another in them. */
export class Pod implements AsyncDisposable {
  readonly directory: string;
  config: AgentConfig;
  readonly #processes: ChildProcess[] = [];
  /** Everything that any agent of this pod has printed. */
  output = '';

  private constructor(directory: string, config: AgentConfig) {
    this.directory = directory;
    this.config = config;
  }

  static async create(bao: Pick<OpenBaoServer, 'address'>, change: ConfigChange = {}): Promise<Pod> {
    const directory = await mkdtemp(join(tmpdir(), 'sidekey-agent-'));
    await chmod(directory, 0o755);
    for (const volume of ['secrets', 'state']) {
      await mkdir(join(directory, volume));
      await chown(join(directory, volume), AGENT_UID, AGENT_UID);
    }
    for (const [file, text] of [
      ['token', issuer.token({ ...ACCOUNT, pod: 'inference-pod' })],
      ['termination-log', ''],
    ] as const) {
      await writeFile(join(directory, file), text);
      await chown(join(directory, file), AGENT_UID, AGENT_UID);
    }
    return new Pod(directory, await configure(directory, bao.address, change));
  }

  /** Starts an agent as the kubelet would: nothing in the environment but its configuration. */
  start(mode: 'run' | 'init', env: Readonly<Record<string, string>> = {}): ChildProcess {
    return this.launch([mode], { [CONFIG_VARIABLE]: serialiseConfig(this.config), ...env });
  }

  /** The same with any command line: as another user, and without capabilities; started by another command, if there is one. */
  launch(
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
    starter: readonly string[] = [],
  ): ChildProcess {
    const user = [`--reuid=${AGENT_UID}`, `--regid=${AGENT_UID}`, '--clear-groups', '--no-new-privs'];
    const { LD_PRELOAD: preload, ...inherited } = env;
    // For the agent alone: what root begins with it would not serve another user.
    const loader = preload === undefined ? [] : ['env', `LD_PRELOAD=${preload}`];
    const program = [...loader, process.execPath, BUNDLE, ...argv];
    const [file = '', ...args] = [...starter, 'setpriv', ...user, ...program];
    const child = spawn(file, args, {
      env: inherited,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    printed.set(child, () => this.output);
    this.#processes.push(child);
    return child;
  }

  /** The next agent gets another configuration. */
  reconfigure(change: Partial<AgentConfig>): void {
    this.config = { ...this.config, ...change };
  }

  /** Waits until the agent is ready; tells what it said, if it never is. */
  async ready(withinMs = PATIENCE_MS): Promise<void> {
    const ask = async (): Promise<void> => {
      const { status, body } = await this.get('/readyz');
      if (status !== 200) throw new Error(body);
    };
    await eventually('a ready agent', withinMs, ask).catch((error: unknown) => {
      throw new Error(`The agent is not ready. It said:\n${this.output}`, { cause: error });
    });
  }

  /** The content of a rendered file. */
  read(file: string): Promise<string> {
    return readFile(join(this.directory, 'secrets', file), 'utf8');
  }

  lastWords(): Promise<string> {
    return readFile(this.config.terminationLog, 'utf8');
  }

  /** Asks the agent, over a connection of its own, as the kubelet does: one that was idle may just have been closed. */
  async get(path: '/readyz' | '/healthz' | '/metrics'): Promise<{ status: number; body: string }> {
    const response = await fetch(`http://127.0.0.1:${this.config.adminPort}${path}`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return { status: response.status, body: await response.text() };
  }

  /** The value of one series, labels included in its name. */
  async metric(series: string): Promise<number> {
    const { body } = await this.get('/metrics');
    const line = body.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    if (line === undefined) throw new Error(`There is no series ${series}`);
    return Number(line.slice(series.length + 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#processes) {
      child.kill('SIGKILL');
      await exit(child);
    }
    // A command that an agent has run may be about to end.
    await rm(this.directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** The user of a process, by number. */
export async function userOf({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^Uid:\s+(\d+)/mu.exec(status)?.[1]);
}

/**
 * How a process ended, when all that it has printed was read.
 *
 * @throws {Error} With what its pod has said, if it does not end.
 */
export async function exit(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  await inTime('the end of an agent', END_MS, ended(child)).catch((error: unknown) => {
    throw new Error(`The agent does not end. It said:\n${printed.get(child)?.()}`, { cause: error });
  });
  return child.exitCode ?? child.signalCode;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null && !stream.closed) await once(stream, 'close');
}

async function configure(
  directory: string,
  address: string,
  { vault, role = 'ml-inference', templates, sources = {}, ...change }: ConfigChange,
): Promise<AgentConfig> {
  const texts = templates ?? {
    'api-key': API_KEY_TEMPLATE,
    default: defaultTemplate('secret/data/ml/api-key'),
  };
  const place = (name: string): FileTarget => ({
    name,
    volume: join(directory, 'secrets'),
    path: name,
    mode: 0o644,
  });
  const tokenFile = join(directory, 'token');
  return {
    version: 1,
    vault: {
      address,
      auth: { method: 'kubernetes', path: 'auth/kubernetes', role, tokenFile },
      timeoutMs: REQUEST_MS,
      ...vault,
    },
    files: [
      ...Object.entries(texts).map(([name, text]) => ({
        ...place(name),
        template: { text, left: '{{', right: '}}' },
      })),
      ...Object.entries(sources).map(([name, content]) => ({ ...place(name), ...content })),
    ],
    pollMs: 500,
    startDeadlineMs: 300_000,
    revokeOnShutdown: false,
    stateDirectory: join(directory, 'state'),
    adminAddress: '127.0.0.1',
    adminPort: await freePort(),
    terminationLog: join(directory, 'termination-log'),
    ...change,
  };
}
