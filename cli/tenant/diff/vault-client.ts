import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import nodeVault from 'node-vault';
import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';
import { faultCode } from '#platform/connection-fault.ts';
import type { VaultServer } from '../../../governance/tenant/platform.ts';
import type { Io } from '../../io.ts';
import { isAddress } from './address.ts';
import { askStore, type StoreAnswer, type StoreEndpoint, type StoreRequest } from './http.ts';

/** Which store, and who asks. */
export interface VaultAccess extends StoreEndpoint {
  readonly token: string;
  /** Of the store itself; empty for the root. */
  readonly namespace: string;
}

/**
 * Reads what the store's own command line reads: the environment, and the token that a login left behind. The address is
 * never taken from what the tenants are declared in, for whoever may write there would be sent the token.
 */
export function readVaultAccess(
  { product, storeNamespace }: VaultServer,
  environment: Io['environment'],
): Parsed<VaultAccess> {
  const problems: Problem[] = [];
  const variable = variables(product, environment);
  const report = (name: string, message: string): void =>
    void problems.push({ key: `${PREFIXES[product][0]}${name}`, message });
  const address = variable('ADDR');
  if (!isAddress(address))
    report('ADDR', `must be the address of the store, such as https://${product}.example:8200`);
  const token = (variable('TOKEN') || savedToken(environment)).trim();
  if (!/^[\x21-\x7E]+$/u.test(token))
    report(
      'TOKEN',
      `must be a token of the store; \`${COMMANDS[product]} login\` leaves one in ~/.vault-token`,
    );
  if (!NO.includes(variable('SKIP_VERIFY').toLowerCase()))
    report(
      'SKIP_VERIFY',
      `is not followed, for a token is sent to nobody unknown; set ${PREFIXES[product][0]}CACERT`,
    );
  const caFile = variable('CACERT');
  const caPem = caFile === '' ? '' : readAuthority(caFile, problems);
  if (problems.length > 0) return rejected(problems);
  // What is declared counts, as for the script that writes there: in another namespace is another policy.
  const namespace = storeNamespace || variable('NAMESPACE');
  return parsed({ address, token, namespace, ...(caPem === '' ? {} : { caPem }) });
}

/** The store's own variables, and those of the one that it was made from, or for. */
const PREFIXES = { openbao: ['BAO_', 'VAULT_'], vault: ['VAULT_', 'BAO_'] } as const;
/** As Go reads it. */
const NO: readonly string[] = ['', '0', 'f', 'false'];
const COMMANDS = { openbao: 'bao', vault: 'vault' } as const;

const variables =
  (product: VaultServer['product'], environment: Io['environment']) =>
  (name: string): string =>
    PREFIXES[product].map((prefix) => environment[`${prefix}${name}`] ?? '').find((text) => text !== '') ??
    '';

/** Empty if there is none, or it cannot be read. */
function savedToken({ HOME: home = '' }: Io['environment']): string {
  try {
    return readFileSync(join(home, '.vault-token'), 'utf8');
  } catch {
    return '';
  }
}

function readAuthority(file: string, problems: Problem[]): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    problems.push({ key: file, message: `cannot be read: ${faultCode(error)}` });
    return '';
  }
}

/** Asks for a path, or for what is below it, and gives the answer whatever its status. */
export type AskVault = (method: 'GET' | 'LIST', path: string) => Promise<StoreAnswer>;

const quiet = (): void => undefined;

/** node-vault over a transport that keeps redirects and untrusted certificates away from the token. */
export function createVaultClient({ token, namespace, ...endpoint }: VaultAccess): AskVault {
  const vault = nodeVault({
    apiVersion: 'v1',
    endpoint: endpoint.address,
    'request-promise': { defaults: () => (request: StoreRequest) => askStore(endpoint, request) },
    // It would print paths and bodies when the environment has DEBUG=node-vault.
    debug: quiet,
  });
  // Where an option is empty, node-vault falls back on the environment's VAULT_TOKEN, VAULT_NAMESPACE and VAULT_PREFIX.
  Object.assign(vault, { token, namespace, pathPrefix: '' });
  // Its own handler turns refusals into errors that hold the body.
  vault.handleVaultResponse = (answer) => Promise.resolve(answer);
  return async (method, path) =>
    (await vault.request({
      path: `/${path}`,
      method,
      headers: { 'X-Vault-Request': 'true' },
    })) as StoreAnswer;
}
