import { ProviderError } from '../../agent/provider/errors.ts';
import type { Lease, Provider, Reading, SecretRef, Session } from '../../agent/provider/provider.ts';
import type { Lifetime } from '../../agent/schedule/lifetime.ts';
import { Secret } from '../../agent/secret.ts';

const HOUR = 3_600_000;

/** A store in memory that keeps a list of what it was asked for. */
export class MemoryProvider implements Provider {
  readonly asked: string[] = [];
  /** Answers by path; a secret that is not here does not exist. */
  readonly secrets = new Map<
    string,
    {
      readonly text: string;
      /** Of the text in the secret. */
      readonly key?: string;
      readonly lifetime?: Lifetime;
      readonly leaseId?: string;
    }
  >();
  token: Lifetime = { kind: 'leased', ttlMs: 1000 * HOUR, renewable: true };
  /** Thrown by every request, if set. */
  fault: ProviderError | undefined;
  /** Resolves when requests may be answered; they are all aborted by their signal while it has not. */
  gate: Promise<void> = Promise.resolve();
  #serial = 0;

  async login(signal: AbortSignal): Promise<Session> {
    await this.#pass('login', signal);
    this.#serial += 1;
    return this.resume(new Secret(`token-${this.#serial}`), this.token);
  }

  resume(token: Secret<string>, lifetime: Lifetime): Session {
    return {
      token,
      lifetime,
      read: (ref, signal) => this.#read(ref, signal),
      renew: async (lease, signal) => {
        await this.#pass(`renew ${describe(lease)}`, signal);
        return lease.kind === 'token' ? this.token : { kind: 'leased', ttlMs: HOUR, renewable: true };
      },
      revoke: (lease, signal) => this.#pass(`revoke ${describe(lease)} ${token.reveal()}`, signal),
    };
  }

  async #read({ path }: SecretRef, signal: AbortSignal): Promise<Reading> {
    await this.#pass(`read ${path}`, signal);
    const secret = this.secrets.get(path);
    if (!secret) throw new ProviderError('not_found', `Cannot read ${path}: there is nothing`);
    const { text, key = 'key', lifetime = { kind: 'polled' }, leaseId } = secret;
    const value = new Secret(new Map([['data', new Map([[key, text]])]]));
    return { value, lifetime, ...(leaseId === undefined ? {} : { leaseId }) };
  }

  async #pass(what: string, signal: AbortSignal): Promise<void> {
    this.asked.push(what);
    await Promise.race([this.gate, aborted(signal)]);
    if (this.fault) throw this.fault;
  }
}

const describe = (lease: Lease): string => (lease.kind === 'token' ? 'token' : lease.id);

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
