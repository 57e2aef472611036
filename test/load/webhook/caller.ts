import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { createSecureContext, type TLSSocket } from 'node:tls';
import type { JsonObject } from '#contract/json.ts';
import { REVIEW } from '../../bench/webhook/review.ts';

/** What became of the calls. */
export interface Calls {
  /** Milliseconds from the moment that each was due to its answer. */
  readonly times: number[];
  /** Why calls failed. */
  readonly failed: string[];
  /** Those under way when a replica was killed, which nobody can save. */
  lost: number;
  /** The same call once more, on another connection, as Go's client does if one that it kept was closed. */
  repeated: number;
  /** Those that were not made, for too many were under way. */
  skipped: number;
  /** Serial numbers of the certificates that were shown. */
  readonly serials: Set<string>;
}

/** An API server's connections; it opens as many as it needs, and keeps them. */
const CONNECTIONS = 32;
const MOST_UNDER_WAY = 64;
/** Longer than an API server waits, for the machine may have no time for either side. */
const DEADLINE_MS = 30_000;
const TICK_MS = 10;

/** Puts a review to the webhook so many times a second, however long answers take. */
export class Caller {
  readonly calls: Calls = { times: [], failed: [], lost: 0, repeated: 0, skipped: 0, serials: new Set() };
  readonly #url: string;
  readonly #agent: Agent;
  /** Those under way, and whether they may be lost. */
  readonly #underWay = new Map<number, boolean>();
  #isDying = false;
  #made = 0;

  constructor(url: string, caPem: string) {
    this.#url = url;
    const secureContext = createSecureContext({ ca: caPem });
    this.#agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, secureContext });
  }

  /** What is under way while a replica dies may be lost, and what begins before everybody knows. */
  noteKill(isDying: boolean): void {
    this.#isDying = isDying;
    for (const id of this.#underWay.keys()) this.#underWay.set(id, true);
  }

  async run(perSecond: number, stop: AbortSignal): Promise<void> {
    const began = performance.now();
    let due = 0;
    const pending = new Set<Promise<void>>();
    while (!stop.aborted) {
      const wanted = ((performance.now() - began) / 1000) * perSecond;
      for (; due < wanted; due += 1) {
        if (pending.size >= MOST_UNDER_WAY) {
          this.calls.skipped += 1;
          continue;
        }
        const call = this.#call(began + (due * 1000) / perSecond).finally(() => pending.delete(call));
        pending.add(call);
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
    await Promise.all(pending);
    this.#agent.destroy();
  }

  async #call(dueAt: number): Promise<void> {
    this.#made += 1;
    const id = this.#made;
    this.#underWay.set(id, this.#isDying);
    try {
      await this.#ask(id);
      this.calls.times.push(performance.now() - dueAt);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (this.#underWay.get(id) === true) this.calls.lost += 1;
      else this.calls.failed.push(why);
    } finally {
      this.#underWay.delete(id);
    }
  }

  async #ask(id: number): Promise<void> {
    try {
      await this.#put(`call-${id}`);
    } catch (error) {
      if (!(error instanceof ClosedConnection)) throw error;
      this.calls.repeated += 1;
      await this.#put(`call-${id}`);
    }
  }

  #put(uid: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#url}/mutate?timeout=5s`, {
        method: 'POST',
        agent: this.#agent,
        timeout: DEADLINE_MS,
        headers: { 'content-type': 'application/json' },
      });
      sent.once('timeout', () => sent.destroy(new Error(`No answer in ${DEADLINE_MS} ms`)));
      sent.once('error', (error: NodeJS.ErrnoException) => {
        const isKept = sent.reusedSocket && error.code === 'ECONNRESET';
        reject(isKept ? new ClosedConnection('A connection that was kept was closed') : error);
      });
      sent.once('response', (response) => {
        this.calls.serials.add((response.socket as TLSSocket).getPeerCertificate().serialNumber);
        text(response).then((body) => resolve(checkAnswer(body, response.statusCode ?? 0, uid)), reject);
      });
      sent.end(reviewWith(uid));
    });
  }
}

/** A connection that was kept for more was closed just then: that is no answer of anybody's. */
class ClosedConnection extends Error {
  override readonly name = 'ClosedConnection';
}

const [BEFORE = '', AFTER = ''] = REVIEW.split(/(?<="uid":")5d7b[^"]*/u);

const reviewWith = (uid: string): string => BEFORE + uid + AFTER;

function checkAnswer(body: string, status: number, uid: string): void {
  if (status !== 200) throw new Error(`Status ${status}`);
  const { response } = JSON.parse(body) as { response: JsonObject };
  if (response['uid'] !== uid) throw new Error('The answer is to another request');
  if (response['patchType'] !== 'JSONPatch') throw new Error('The answer holds no patch');
}
