import type { VaultStore } from '#contract/agent-config.ts';
import { systemClock } from '#platform/clock.ts';
import type { World } from '../../agent/perform.ts';
import { refKey, type SecretRef } from '../../agent/provider/provider.ts';
import { createVaultProvider } from '../../agent/provider/vault/provider.ts';
import { run } from '../../agent/run.ts';
import { newState } from '../../agent/schedule/resume.ts';
import type { AgentState, Render, Rendered } from '../../agent/schedule/state.ts';
import { Secret } from '../../agent/secret.ts';
import { isWell } from '../agent/schedule/herd.ts';

export const POLL_MS = 60_000;

/** What every agent of the herd reads. */
export const PATHS = ['secret/data/ml/one', 'secret/data/ml/two', 'secret/data/ml/three'] as const;

const REFS = PATHS.map((path): SecretRef => ({ store: 'vault', operation: 'read', path, parameters: {} }));

/** Many agents in this process: the loop, the plans and the provider of the real one, with files that are none. */
export class HerdOfAgents implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #states: AgentState[] = [];
  readonly #runs: Promise<unknown>[] = [];

  start(store: VaultStore): void {
    const index = this.#states.length;
    const world: World = {
      providers: new Map([['vault', createVaultProvider(store, { clock: systemClock })]]),
      render: (action) => Promise.resolve(renderNothing(action)),
    };
    const engine = {
      world,
      clock: systemClock,
      random: Math.random,
      observe: ({ after }: { readonly after: AgentState }) => void (this.#states[index] = after),
      endAt: () => Number.POSITIVE_INFINITY,
    };
    const initial = newState(POLL_MS, ['vault']);
    this.#states.push(initial);
    this.#runs.push(run(engine, initial, this.#stop.signal));
  }

  /** How many are not served: without files, or with a secret that they could not read when they last tried. */
  get unserved(): number {
    return this.#states.filter((state) => !isWell(state)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#runs);
  }
}

/** A file that is made of all the secrets, and is committed as soon as they are there. */
function renderNothing({ revision, secrets }: Render): Rendered {
  const missing = REFS.filter((ref) => secrets.get(refKey(ref))?.held === undefined);
  const file = { name: 'all', used: REFS.map(refKey), content: new Secret('') };
  const committed = missing.length === 0 ? { changed: ['all'] } : {};
  return { type: 'rendered', revision, files: [file], missing, ...committed };
}
