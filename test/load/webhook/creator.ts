import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiProxy } from '../../servers/api-proxy.ts';
import { ASKS, MODEL_SERVER } from '../../integration/pods.ts';

/** What became of pods that were made. */
export interface Creations {
  made: number;
  readonly failed: string[];
  /** Those that the API server did not answer, for it was away. */
  unanswered: number;
  /** Those under way when a replica was killed. */
  lost: number;
}

const EVERY_MS = 100;

/** Has a real API server make pods, one after another, that are never stored. */
export class Creator {
  readonly creations: Creations = { made: 0, failed: [], unanswered: 0, lost: 0 };
  readonly #api: ApiProxy;
  readonly #namespace: string;
  #isDying = false;
  #isKilled = false;

  constructor(api: ApiProxy, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
  }

  noteKill(isDying: boolean): void {
    this.#isDying = isDying;
    this.#isKilled = true;
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      this.#isKilled = this.#isDying;
      await this.#create();
      await sleep(EVERY_MS);
    }
  }

  async #create(): Promise<void> {
    const path = `/api/v1/namespaces/${this.#namespace}/pods?dryRun=All`;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { generateName: 'load-', annotations: ASKS },
      spec: { containers: [MODEL_SERVER] },
    };
    const answer = await fetch(this.#api.address + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(pod),
    }).then(
      async (response) => ({ status: response.status, text: await response.text() }),
      () => undefined,
    );
    this.#note(answer);
  }

  #note(answer: { readonly status: number; readonly text: string } | undefined): void {
    const { creations } = this;
    if (answer?.status === 201 && answer.text.includes('sidekey-agent')) creations.made += 1;
    else if (answer !== undefined && answer.text.includes('webhook')) {
      if (this.#isKilled) creations.lost += 1;
      else creations.failed.push(answer.text.slice(0, 300));
    } else if (answer?.status === 201) creations.failed.push('A pod was made without an agent');
    // The proxy says that it reaches nobody; and an API server that begins has no accounts and rights yet.
    else creations.unanswered += 1;
  }
}
