import type { X509Certificate } from 'node:crypto';
import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { createLog } from '#platform/log.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import { type Adoption, createAdoption } from '../../../injector/certificate/adoption.ts';
import { keepCertificates } from '../../../injector/certificate/keeper.ts';
import { readKept } from '../../../injector/certificate/kept.ts';
import { certificatesOf, isTrusted } from '../../../injector/certificate/trust.ts';
import type { Configurations } from '../../../injector/cluster/configurations.ts';
import { createDoorbell, type Doorbell } from '../../../injector/cluster/doorbell.ts';
import type { Followed } from '../../../injector/cluster/follow.ts';
import { SteeredClock } from '../../agent/steered-clock.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** An API server that learns of a change this much later than the one that took it. */
const LAG_MS = 4000;

/** A cluster in which time is the test's: one leader, three replicas, and two API servers, of which one lags behind. */
export class SharedCluster {
  readonly clock = new SteeredClock();
  readonly replicas: readonly Adoption[];
  /** The moments in which an API server would have refused what a replica served. */
  readonly refusals: string[] = [];
  readonly made: string[] = [];
  /** PEM that both webhooks have, and since when; the newest last. */
  readonly trust: { pem: string; since: number }[] = [{ pem: '', since: 0 }];
  secret: JsonObject | undefined;
  readonly #stop = new AbortController();
  readonly #bell = createDoorbell(this.clock);
  readonly #doorbell: Doorbell = {
    ring: () => this.#bell.ring(),
    wait: async (ms, signal) => {
      this.#isWaiting = true;
      await this.#bell.wait(ms, signal).finally(() => {
        this.#isWaiting = false;
      });
    },
  };
  #isWaiting = false;
  #version = 0;
  #leader: AbortController | undefined;

  constructor() {
    this.replicas = [1, 2, 3].map(() =>
      createAdoption({
        bundles: () => this.#configurations.bundles,
        serve: () => undefined,
        clock: this.clock,
        signal: this.#stop.signal,
      }),
    );
  }

  readonly #followed: Followed = {
    synced: true,
    note: (object) => this.tell(object),
  } as Followed;

  readonly #configurations = {
    synced: true,
    missing: [],
    trust: (pem: string) => Promise.resolve(this.set(pem)),
  } as unknown as Configurations & { bundles: Configurations['bundles'] };

  readonly #kubernetes = {
    request: ({ body }: { readonly body?: object }) => Promise.resolve(this.#apply(body as JsonObject)),
  } as unknown as Kubernetes;

  #apply(object: JsonObject): JsonObject {
    this.#version += 1;
    const metadata = { ...objectIn(object, 'metadata'), resourceVersion: String(this.#version) };
    return { ...object, metadata };
  }

  /** Writes a bundle into both configurations. True if it is another one. */
  set(pem: string): boolean {
    if (pem === this.trust.at(-1)?.pem) return false;
    this.trust.push({ pem, since: this.clock.now() });
    this.#changed();
    return true;
  }

  /** The Secret is now this, or gone. */
  tell(object: JsonObject | undefined): void {
    this.secret = object;
    const kept = object && readKept(object);
    Object.assign(this.#followed, { object });
    if (kept !== undefined) for (const one of this.replicas) one.offer(kept.leaf);
    this.#doorbell.ring();
  }

  #changed(): void {
    const all = certificatesOf(this.trust.at(-1)?.pem ?? '');
    Object.assign(this.#configurations, { bundles: [all, all] });
    for (const one of this.replicas) one.look();
    this.#doorbell.ring();
  }

  async lead(): Promise<void> {
    this.#leader = new AbortController();
    this.#changed();
    void keepCertificates(
      {
        terms: {
          namespace: 'sidekey',
          secret: 'tls',
          names: ['injector.sidekey.svc'],
          authorityLifeMs: 365 * DAY_MS,
          leafLifeMs: 30 * DAY_MS,
          overlapMs: HOUR_MS,
        },
        kubernetes: this.#kubernetes,
        secret: this.#followed,
        configurations: this.#configurations,
        doorbell: this.#doorbell,
        clock: this.clock,
        random: () => 0.5,
        log: createLog('silent', 'test'),
        made: (what) => void this.made.push(what),
      },
      this.#leader.signal,
    ).catch(() => undefined);
    await this.idle();
  }

  resign(): void {
    this.#leader?.abort(new Error('resigned'));
  }

  /** Lets time pass, and looks again and again whether every replica would be trusted by every API server. */
  async pass(ms: number, step: number): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      await this.clock.advance(Math.min(step, left));
      await this.idle();
      this.#judge();
    }
  }

  /** Until the leader, if there is one, has nothing more to do: to make keys takes time that the clock knows nothing of. */
  async idle(): Promise<void> {
    await this.clock.settle();
    while (!this.#isWaiting && this.#leader?.signal.aborted === false) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await this.clock.settle();
    }
  }

  #judge(): void {
    const now = this.clock.now();
    for (const at of [now, now - LAG_MS]) {
      const seen = this.trust.findLast(({ since }) => since <= at) ?? { pem: '' };
      const authorities: readonly X509Certificate[] = certificatesOf(seen.pem);
      for (const { serving } of this.replicas) {
        const isGood =
          serving !== undefined &&
          serving.notAfter.getTime() > now &&
          isTrusted(serving.certPem, authorities);
        if (!isGood) this.refusals.push(new Date(now).toISOString());
      }
    }
  }

  /** What the Secret holds. */
  field(name: string): string {
    return Buffer.from(textIn(objectIn(this.secret ?? {}, 'data'), name), 'base64').toString('utf8');
  }

  stop(): void {
    this.resign();
    this.#stop.abort(new Error('over'));
  }
}
