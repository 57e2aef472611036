import { systemClock } from '#platform/clock.ts';
import type { Provider, Session } from '../../../../agent/provider/provider.ts';
import type { Identity } from '../../../servers/infisical/identities.ts';
import { recordedWorld, type RecordedWorld } from '../../../servers/infisical/recorded-world.ts';
import type { Setup } from '../../../servers/infisical/server.ts';
import { lend, NEVER } from './stage.ts';

export const ROOT = 'app-x1/dev';

export interface World extends RecordedWorld {
  readonly provider: Provider;
  readonly session: Session;
  /** Lets time pass for the provider, for which it stands still otherwise. */
  wait(ms: number): void;
  /** Puts something else into the file that the provider proves itself with. */
  prove(text: string): Promise<void>;
}

/** Of one request: so much that no busy machine is taken for a fault. */
const REQUEST_MS = 30_000;

/** A server with the recorded project, a provider for it, and a session. */
export async function stage(
  given: Partial<Identity> = {},
  setup: Setup = {},
  timeoutMs = REQUEST_MS,
): Promise<World> {
  const world = await recordedWorld(given, setup);
  const { fake, identity } = world;
  const client = { id: identity.clientId, secret: identity.clientSecret };
  let now = Date.now();
  const clock = { ...systemClock, now: () => now };
  const lent = await lend({ address: fake.address, client, timeoutMs, clock });
  const session = await lent.provider.login(NEVER);
  return {
    ...world,
    ...lent,
    session,
    wait: (ms) => {
      now += ms;
    },
    async [Symbol.asyncDispose]() {
      await lent[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}
