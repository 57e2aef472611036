import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiProxy } from '../../servers/api-proxy.ts';
import { ASKS, MODEL_SERVER } from '../../integration/pods.ts';

/** What became of pods that were made. */
export interface Creations {
  made: number;
  readonly failed: string[];
  /** Those that the API server did not answer, for it was away. */
  unanswered: number;
  /** Why those failed whose replica was killed. */
  readonly lost: string[];
}

const EVERY_MS = 100;
/** An API server itself gives up a request after a minute. */
const ANSWER_MS = 90_000;
/** What an API server says of a connection that was cut off, or refused. */
const CUT_OFF = /EOF|connection reset|connection refused|broken pipe/u;

/** Has a real API server make pods, one after another, that are never stored. */
export class Creator {
  readonly creations: Creations = { made: 0, failed: [], unanswered: 0, lost: [] };
  readonly #path: string;
  readonly #isAnyDead: () => boolean;

  constructor(api: ApiProxy, namespace: string, isAnyDead: () => boolean) {
    this.#path = `${api.address}/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    this.#isAnyDead = isAnyDead;
  }

  async run(stop: AbortSignal): Promise<void> {
    for (; !stop.aborted; await sleep(EVERY_MS)) await this.#create();
  }

  async #create(): Promise<void> {
    const wasAnyDead = this.#isAnyDead();
    const answer = await fetch(this.#path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: POD,
      signal: AbortSignal.timeout(ANSWER_MS),
    }).then(
      async (response) => ({ status: response.status, text: await response.text() }),
      () => undefined,
    );
    this.#note(answer, wasAnyDead || this.#isAnyDead());
  }

  #note(answer: { readonly status: number; readonly text: string } | undefined, isAnyDead: boolean): void {
    const { creations } = this;
    if (answer?.status === 201 && answer.text.includes('sidekey-agent')) creations.made += 1;
    else if (answer !== undefined && answer.text.includes('webhook')) {
      const isLost = isAnyDead && CUT_OFF.test(answer.text);
      (isLost ? creations.lost : creations.failed).push(answer.text.slice(0, 500));
    } else if (answer?.status === 201) creations.failed.push('A pod was made without an agent');
    // The proxy says that it reaches nobody; and an API server that begins has no accounts and rights yet.
    else creations.unanswered += 1;
  }
}

const POD = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { generateName: 'load-', annotations: ASKS },
  spec: { containers: [MODEL_SERVER] },
});
