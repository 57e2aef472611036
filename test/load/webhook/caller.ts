import type { Socket } from 'node:net';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSecureContext, type TLSSocket } from 'node:tls';
import type { JsonObject } from '#contract/json.ts';
import { REVIEW } from '../../bench/webhook/review.ts';

/** What became of one call. */
export interface Call {
  /** Milliseconds since the load began. */
  readonly dueAt: number;
  /** From then to the end of it. */
  readonly ms: number;
  /** `lost` if the replica that had it was killed: nobody can save that. */
  readonly fate: 'answered' | 'lost' | 'failed';
  readonly why: string;
  /** How often it was put again because an answer asked for that. */
  readonly repeats: number;
}

/** As many connections as Go's client keeps: with more at a time it would make new ones for each burst. */
const MOST_UNDER_WAY = 25;
/** The last that was used is used next. */
const POOL = { keepAlive: true, maxFreeSockets: MOST_UNDER_WAY, scheduling: 'lifo' } as const;
/** How often the API server's client puts a request again, if the answer says after how long. */
const MOST_REPEATS = 10;
const TICK_MS = 10;

export interface CallerTerms {
  readonly url: string;
  /** How long an answer is waited for. */
  readonly patienceMs: number;
  /** Whether what took a connection from this port was killed. */
  readonly isDead: (clientPort: number) => boolean;
}

/**
 * Puts a review to the webhook so many times a second, however long answers take, as an API server does: it keeps connections
 * and has new ones when it is told to trust others; what is cut off on a connection is over, for a POST is not put twice.
 */
export class Caller {
  readonly calls: Call[] = [];
  /** Serial numbers of the certificates that were shown. */
  readonly serials = new Set<string>();
  /** Calls that were not made, for too many were under way. */
  skipped = 0;
  readonly #terms: CallerTerms;
  #agent = new Agent(POOL);
  #began = 0;

  constructor(terms: CallerTerms) {
    this.#terms = terms;
  }

  /** New connections are to servers of these authorities; those under way are ended when they are idle. */
  trust(caPem: string): void {
    const old = this.#agent;
    this.#agent = new Agent({ ...POOL, secureContext: createSecureContext({ ca: caPem }) });
    retire(old);
  }

  async run(perSecond: number, stop: AbortSignal): Promise<void> {
    this.#began = performance.now();
    const pending = new Set<Promise<void>>();
    for (let due = 0; !stop.aborted; await sleep(TICK_MS)) {
      const wanted = ((performance.now() - this.#began) / 1000) * perSecond;
      for (; due < wanted; due += 1) {
        if (pending.size >= MOST_UNDER_WAY) {
          this.skipped += 1;
          continue;
        }
        const call = this.#call((due * 1000) / perSecond, due).finally(() => pending.delete(call));
        pending.add(call);
      }
    }
    await Promise.all(pending);
    this.#agent.destroy();
  }

  async #call(dueAt: number, number: number): Promise<void> {
    const note = (rest: Pick<Call, 'fate' | 'why' | 'repeats'>): void => {
      this.calls.push({ dueAt, ms: performance.now() - this.#began - dueAt, ...rest });
    };
    try {
      note({ fate: 'answered', why: '', repeats: await this.#ask(`call-${number}`) });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const isLost = error instanceof Unanswered && this.#terms.isDead(error.clientPort);
      note({ fate: isLost ? 'lost' : 'failed', why, repeats: 0 });
    }
  }

  /** How often it had to be asked again. */
  async #ask(uid: string): Promise<number> {
    for (let repeats = 0; ; repeats += 1) {
      const reply = await this.#put(uid);
      const isToWait = reply.retryAfter !== undefined && (reply.status === 429 || reply.status >= 500);
      if (!isToWait || repeats === MOST_REPEATS) {
        checkAnswer(reply, uid);
        return repeats;
      }
      await sleep(Number(reply.retryAfter) * 1000);
    }
  }

  #put(uid: string): Promise<Reply> {
    const { url, patienceMs } = this.#terms;
    return new Promise((resolve, reject) => {
      let clientPort = 0;
      const sent = request(`${url}/mutate?timeout=5s`, {
        method: 'POST',
        agent: this.#agent,
        headers: { 'content-type': 'application/json' },
        signal: AbortSignal.timeout(patienceMs),
      });
      sent.once('socket', (socket: Socket) => {
        const look = (): void => {
          clientPort = socket.localPort ?? 0;
        };
        if (socket.connecting) socket.once('connect', look);
        else look();
      });
      const cut = (error: Error): void =>
        reject(new Unanswered(error, clientPort, sent.reusedSocket ? 'kept' : 'new'));
      sent.once('error', cut);
      sent.once('response', (response) => {
        const { statusCode: status = 0, headers } = response;
        if (!sent.reusedSocket)
          this.serials.add((response.socket as TLSSocket).getPeerCertificate().serialNumber);
        text(response).then((body) => resolve({ body, status, retryAfter: headers['retry-after'] }), cut);
      });
      sent.end(reviewWith(uid));
    });
  }
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

/** There was no answer on a connection from that port. */
class Unanswered extends Error {
  override readonly name = 'Unanswered';
  readonly clientPort: number;

  constructor(cause: Error, clientPort: number, connection: 'kept' | 'new') {
    super(`${cause.message}, on a ${connection} connection`, { cause });
    this.clientPort = clientPort;
  }
}

/** What is idle goes at once, and everything else when it is. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets))
    for (const socket of sockets ?? []) socket.destroy();
}

const [BEFORE = '', AFTER = ''] = REVIEW.split(/(?<="uid":")5d7b[^"]*/u);

const reviewWith = (uid: string): string => BEFORE + uid + AFTER;

function checkAnswer({ body, status }: Reply, uid: string): void {
  if (status !== 200) throw new Error(`Status ${status}`);
  const { response } = JSON.parse(body) as { response: JsonObject };
  if (response['uid'] !== uid) throw new Error('The answer is to another request');
  if (response['patchType'] !== 'JSONPatch') throw new Error('The answer holds no patch');
}
