import nodeVault from 'node-vault';
import type { VaultStore } from '#contract/agent-config.ts';
import type { Clock } from '#platform/clock.ts';
import type { Secret } from '../../secret.ts';
import type { ValueMap } from '../../value/value.ts';
import type { Authority } from '../http/authority.ts';
import { type Answer, createTransport, type Identity } from '../http/transport.ts';

/** One request to the API. */
export interface Call {
  readonly method: 'GET' | 'PUT';
  /** Below `/v1/`, encoded. */
  readonly path: string;
  readonly body?: object;
  /** What was answered before: an answer that says the same gives it back. */
  readonly known?: ValueMap | undefined;
  /** Absent at login. */
  readonly token?: Secret<string>;
}

/** Sends a call and returns the answer whatever its status. Throws as the transport does. */
export type Client = (call: Call, signal: AbortSignal) => Promise<Answer>;

/** Waits before a request is sent again to a node that has not yet seen what another already told us (412). */
const CATCH_UP_MS = [100, 300, 900] as const;

const quiet = (): void => undefined;

/** The certificate that is shown to the server, if there is one. */
function identityOf({ auth, clientCertificate }: VaultStore): (() => Promise<Identity>) | undefined {
  const certificate = auth.method === 'cert' ? auth : clientCertificate;
  if (certificate === undefined) return undefined;
  // Few agents have one: the others do not read how it is done.
  const reader = import('./client-certificate.ts').then((door) => door.certificateReader(certificate));
  return async () => (await reader)();
}

/** node-vault over our own transport. One client serves all sessions of a store, which is what `X-Vault-Index` is about. */
export function createClient(store: VaultStore, clock: Clock, authority?: Authority): Client {
  const transport = createTransport(store, () => clock.now(), identityOf(store), authority);
  const vault = nodeVault({
    apiVersion: 'v1',
    endpoint: store.address,
    'request-promise': { defaults: () => transport },
    // It would print bodies, tokens included, when the environment has DEBUG=node-vault.
    debug: quiet,
  });
  // Where an option is empty, node-vault falls back on the environment's VAULT_TOKEN, VAULT_NAMESPACE and VAULT_PREFIX.
  Object.assign(vault, { token: '', namespace: store.namespace, pathPrefix: '' });
  // Its own handler turns refusals into errors that hold the response body.
  vault.handleVaultResponse = (answer) => Promise.resolve(answer);

  /** The replication state that the last answer reflected. */
  let index: string | undefined;

  async function send({ method, path, body, known, token }: Call, signal: AbortSignal): Promise<Answer> {
    const headers = {
      'X-Vault-Request': 'true',
      ...(token && { 'X-Vault-Token': token.reveal() }),
      ...(index !== undefined && { 'X-Vault-Index': index }),
    };
    // What the transport returned comes through untouched.
    const answer = (await vault.request({
      path: `/${path}`,
      method,
      headers,
      signal,
      ...(body && { json: body }),
      ...(known && { known }),
    })) as Answer;
    const reflected = answer.headers['x-vault-index'];
    if (typeof reflected === 'string') index = reflected;
    return answer;
  }

  return async (call, signal) => {
    let answer = await send(call, signal);
    for (const wait of CATCH_UP_MS) {
      if (answer.status !== 412) break;
      await clock.sleep(wait, signal);
      answer = await send(call, signal);
    }
    // A store that was put back to an earlier state never gets there.
    if (answer.status === 412) index = undefined;
    return answer;
  };
}
