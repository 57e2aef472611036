import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from '../../servers/control-plane.ts';
import { ASKS, MODEL_SERVER } from '../pods.ts';
import { NAMESPACE } from './stage.ts';

/** Has a real API server ask for reviews without a pause, and notes what goes wrong. */
export class SteadyClient implements AsyncDisposable {
  readonly failures: string[] = [];
  answered = 0;
  #stopped = false;
  readonly #ended: Promise<void>;
  readonly #close: () => PromiseLike<void>;

  private constructor(address: string, close: () => PromiseLike<void>) {
    this.#close = close;
    this.#ended = this.#run(address);
  }

  static async start(cluster: ControlPlane): Promise<SteadyClient> {
    const proxy = await cluster.proxy();
    return new SteadyClient(proxy.address, () => proxy[Symbol.asyncDispose]());
  }

  async #run(address: string): Promise<void> {
    while (!this.#stopped) {
      const failure = await ask(address).catch(String);
      if (failure === undefined) this.answered += 1;
      else this.failures.push(failure);
      await sleep(20);
    }
  }

  /** Waits until it was answered some more times. */
  async further(times: number): Promise<void> {
    const enough = this.answered + times;
    while (this.answered < enough && this.failures.length === 0) await sleep(20);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#ended;
    await this.#close();
  }
}

const POD = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'steady', annotations: ASKS },
  spec: { containers: [MODEL_SERVER] },
});

/** An API server itself gives up a request after a minute. */
const ANSWER_MS = 90_000;

/** What is wrong with one answer. */
async function ask(address: string): Promise<string | undefined> {
  const response = await fetch(`${address}/api/v1/namespaces/${NAMESPACE}/pods?dryRun=All`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: POD,
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const text = await response.text();
  if (response.status === 201 && text.includes('"sidekey-agent"')) return undefined;
  return `${response.status}: ${text.slice(0, 500)}`;
}
