import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { VaultStore } from '#contract/agent-config.ts';
import { eventually } from '../../../servers/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../../../servers/fault-proxy.ts';
import type { OpenBaoServer } from '../../../servers/openbao.ts';
import { openStoreFront, type Presented, type StoreFront } from '../../../servers/store-front.ts';
import { Pod } from '../stage.ts';
import { Onlooker } from './onlooker.ts';
import type { FaultRow } from './rows/row.ts';

/** Longer than the longest pause between two attempts, on a slow machine. */
export const PATIENCE_MS = 120_000;

/** Of one test: no time that is measured, but the end of all patience. */
export const TEST = { timeout: 3 * PATIENCE_MS } as const;

/** So much that no busy machine is taken for a fault. */
const TIMEOUT_MS = 10_000;

/** The file of a trial's pod. */
const FILE = 'key';

/** What a trial is to be unlike others in. */
interface TrialOptions {
  /** Which server certificate the store shows; it speaks TLS then. */
  readonly certificate?: Presented;
  /** Given the pod's directory. */
  readonly vault?: (directory: string) => Partial<VaultStore>;
  readonly role?: string;
  /** Where its secret is. Default: a place of its own in KV. */
  readonly path?: string;
  /** Of a secret that is not made by the trial. */
  readonly template?: string;
}

/** An agent with a secret and a way to the store of its own, and an application that looks on. */
export class Trial implements AsyncDisposable {
  readonly pod: Pod;
  /** Nearest to the agent. */
  readonly proxy: FaultProxy;
  /** Behind it. */
  readonly front: StoreFront;
  readonly onlooker: Onlooker;
  /** Where the secret is. */
  readonly path: string;
  readonly #bao: Pick<OpenBaoServer, 'api'>;
  #agent: ChildProcess | undefined;

  private constructor(
    bao: Pick<OpenBaoServer, 'api'>,
    path: string,
    way: Pick<Trial, 'pod' | 'proxy' | 'front'>,
  ) {
    this.pod = way.pod;
    this.proxy = way.proxy;
    this.front = way.front;
    this.path = path;
    this.#bao = bao;
    this.onlooker = new Onlooker(this.pod, FILE);
  }

  /** The secret says `before`. */
  static async open(bao: OpenBaoServer, options: TrialOptions = {}): Promise<Trial> {
    const { certificate, vault, role, path = `secret/data/ml/${randomUUID()}`, template } = options;
    const front = await openStoreFront(bao.address, certificate);
    const proxy = await startFaultProxy(front.url);
    const pod = await Pod.create(
      { address: `${front.url.protocol}//127.0.0.1:${proxy.port}` },
      {
        templates: { [FILE]: template ?? `{{ with secret "${path}" }}{{ .Data.data.key }}{{ end }}` },
        ...(role === undefined ? {} : { role }),
        vault: { timeoutMs: TIMEOUT_MS },
      },
    );
    if (pod.config.vault) pod.reconfigure({ vault: { ...pod.config.vault, ...vault?.(pod.directory) } });
    const trial = new Trial(bao, path, { pod, proxy, front });
    if (template === undefined) await trial.write('before');
    return trial;
  }

  /** Changes the secret. */
  async write(key: string): Promise<void> {
    await this.#bao.api('POST', this.path, { data: { key } });
  }

  start(env: Readonly<Record<string, string>> = {}): ChildProcess {
    this.#agent = this.pod.start('run', env);
    return this.#agent;
  }

  /** Waits until the agent is ready and the application has read its file. */
  async ready(): Promise<void> {
    await this.pod.ready(PATIENCE_MS);
    await eventually('a file that was read', PATIENCE_MS, () =>
      this.onlooker.contents.length > 0 ? Promise.resolve() : Promise.reject(new Error('Nothing was read')),
    );
  }

  /** How many requests failed of that. */
  errors(reason: string): Promise<number> {
    return this.pod.metric(`sidekey_agent_store_errors_total{reason="${reason}"}`);
  }

  /** The signal or code that ended the agent; null while it lives. */
  get ended(): NodeJS.Signals | number | null | undefined {
    return this.#agent?.exitCode ?? this.#agent?.signalCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.onlooker[Symbol.asyncDispose]();
    await this.pod[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
    await this.front[Symbol.asyncDispose]();
  }
}

/** Waits until the operator is told as the row says, more often than that was counted before. */
export async function expectTold(
  trial: Trial,
  { reason, log }: Pick<FaultRow, 'reason' | 'log'>,
  before = 0,
): Promise<void> {
  await eventually(`${reason} and "${log}"`, PATIENCE_MS, async () => {
    expect(trial.pod.output).toContain(log);
    if (reason !== undefined) expect(await trial.errors(reason)).toBeGreaterThan(before);
  });
}

/** Waits until the application has read this. */
export async function expectContent({ onlooker }: Trial, key: string): Promise<void> {
  await eventually(`"${key}"`, PATIENCE_MS, () => {
    expect(onlooker.contents.at(-1)).toBe(key);
    return Promise.resolve();
  });
}

/** The file held these, one after the other and nothing else; the agent lives, and was never unready after it had been ready. */
export function expectUnharmed({ onlooker, ended }: Trial, contents: readonly string[]): void {
  expect(onlooker.contents).toEqual(contents);
  expect([...onlooker.unread, ...onlooker.unready]).toEqual([]);
  expect(ended).toBeNull();
}
