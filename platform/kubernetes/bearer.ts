import { faultCode } from '../connection-fault.ts';
import type { Clock } from '../clock.ts';
import { KubernetesError } from './errors.ts';

/** How long a token is believed to be the current one; the kubelet replaces it long before it ends. */
const FRESH_MS = 60_000;

/** The account's token, read again when it may have been replaced. */
export interface Bearer {
  /** @throws {KubernetesError} `unauthorized` if it cannot be read. */
  token(): Promise<string>;
  /** What to use instead of a token that was refused; undefined if there is none other. */
  after(refused: string): Promise<string | undefined>;
}

export function createBearer(read: () => Promise<string> | string, clock: Clock): Bearer {
  let held: { readonly token: string; readonly since: number } | undefined;

  async function renew(): Promise<string> {
    held = { since: clock.now(), token: await readToken(read) };
    return held.token;
  }

  return {
    async token() {
      // Compared both ways, because the clock may be set back.
      const fresh = held !== undefined && Math.abs(clock.now() - held.since) < FRESH_MS;
      return fresh && held !== undefined ? held.token : await renew();
    },
    async after(refused) {
      const token = await renew();
      return token === refused ? undefined : token;
    },
  };
}

async function readToken(read: () => Promise<string> | string): Promise<string> {
  try {
    return (await read()).trim();
  } catch (error) {
    if (error instanceof KubernetesError) throw error;
    throw new KubernetesError(
      'unauthorized',
      `Cannot read the service-account token: ${faultCode(error)}; give the pod one (automountServiceAccountToken)`,
    );
  }
}
