import { isArray, type JsonObject, objectIn } from '#contract/json.ts';
import type { Unanswered } from '../../../governance/diff/drift.ts';
import { type StoreAnswer, StoreSilence } from './http.ts';
import { createRefusals } from './refusals.ts';
import type { AskVault } from './vault-client.ts';

/** What a question came to; `unknown` if it was not answered. */
export type FoundInVault = JsonObject | 'missing' | 'unknown';

/** Asks one store, notes what is not answered, and asks no more once it is plain that nothing will be. */
export interface VaultQuestions {
  /** The data at a path. */
  read(path: string): Promise<FoundInVault>;
  /** The names below a path; none if the question was not answered. */
  list(path: string): Promise<readonly string[]>;
  /** What was not answered, one for each kind of path and reason. */
  unanswered(): readonly Unanswered[];
}

export function vaultQuestions(ask: AskVault, address: string): VaultQuestions {
  const refusals = createRefusals('vault');

  async function question(method: Method, path: string): Promise<StoreAnswer | undefined> {
    if (refusals.isSilent()) return undefined;
    try {
      const answer = await ask(method, path);
      const fault = faultOf(answer);
      if (fault === undefined && answer.status !== 403) return answer;
      if (fault === undefined) refusals.note(...(await refusalOf(ask, method, path)));
      else refusals.fallSilent(`Cannot ask the store at ${address}: ${fault}`);
    } catch (error) {
      if (!(error instanceof StoreSilence)) throw error;
      refusals.fallSilent(error.message);
    }
    return undefined;
  }

  return {
    async read(path) {
      const answer = await question('GET', path);
      if (answer === undefined) return 'unknown';
      return answer.status === 404 ? 'missing' : objectIn(answer.body, 'data');
    },
    async list(path) {
      const answer = await question('LIST', path);
      const { keys = [] } = objectIn(answer?.body ?? {}, 'data');
      return isArray(keys) ? keys.filter((key) => typeof key === 'string') : [];
    },
    unanswered: refusals.all,
  };
}

type Method = 'GET' | 'LIST';

/** A 403 is the same for a token that may not and for one that is none; most tokens may look themselves up. */
async function refusalOf(ask: AskVault, method: Method, path: string): Promise<[string, string]> {
  const verb = method === 'GET' ? 'read' : 'list';
  const pattern = method === 'GET' ? path.replace(/[^/]+$/u, '*') : path;
  const { status } = await ask('GET', 'auth/token/lookup-self');
  const doubt =
    status === 200
      ? ''
      : '. It cannot even look itself up: is it one of this store and of this namespace, and has it not expired?';
  return [
    `${verb} ${pattern}`,
    `Cannot ${verb} ${path}: the token may not; grant it "${verb}" on "${pattern}"${doubt}`,
  ];
}

/** Why the store answers nobody; undefined if it does. Says nothing of what it wrote. */
function faultOf({ status, body }: StoreAnswer): string | undefined {
  if (status === 503) return 'it is sealed, or not the active node; unseal it, or name the active one';
  if (status === 429) return 'it limits the rate of requests; try again later';
  if (status >= 300 && status < 400)
    return `it redirects (${status}), which is not followed; name the active node`;
  if (status === 200 || status === 403 || status === 404) return undefined;
  const isStore = Object.hasOwn(body, 'errors');
  return `it answers with ${status}${isStore ? '' : ', and not as a store does; check the address'}`;
}
