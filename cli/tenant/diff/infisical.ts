import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';
import type { Drift, Outcome } from '../../../governance/diff/drift.ts';
import { compareInfisical } from '../../../governance/diff/infisical.ts';
import type { Tenancy } from '../../../governance/tenant/platform.ts';
import { infisicalObjects } from '../../../governance/tenant/render.ts';
import type { Io } from '../../io.ts';
import { isAddress } from './address.ts';
import { askStore, type StoreAnswer, StoreSilence } from './http.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import { several } from './several.ts';

/** Which Infisical, and who asks. */
export interface InfisicalAccess {
  readonly address: string;
  readonly token: string;
}

/** Reads the environment. As of Vault, the address is never taken from what the tenants are declared in. */
export function readInfisicalAccess(environment: Io['environment']): Parsed<InfisicalAccess> {
  const { INFISICAL_ADDRESS: address = '', INFISICAL_TOKEN: token = '' } = environment;
  const problems: Problem[] = [];
  if (!isAddress(address))
    problems.push({
      key: 'INFISICAL_ADDRESS',
      message: 'must be the address of Infisical, such as https://app.infisical.com',
    });
  if (!/^[\x21-\x7E]+$/u.test(token))
    problems.push({
      key: 'INFISICAL_TOKEN',
      message: 'must be the access token of an identity that may read the roles and members of the projects',
    });
  return problems.length > 0 ? rejected(problems) : parsed({ address: address.replace(/\/+$/u, ''), token });
}

/** A few at a time, for it limits the rate of requests. */
const AT_ONCE = 2;

/** Where Infisical is not as the tenants declare: roles, members, and how identities log in. Only reads. */
export async function compareInfisicalWith(access: InfisicalAccess, tenancy: Tenancy): Promise<Outcome> {
  const refusals = createRefusals('infisical');
  const declared = tenancy.tenants.flatMap((tenant) =>
    infisicalObjects(tenancy, tenant).map((object) => ({ tenant: tenant.name, ...object })),
  );
  const answers = await several(declared, AT_ONCE, async (one) => ({
    ...one,
    answer: await question(access, one.path, refusals),
  }));
  const drifts = answers.flatMap(({ tenant, path, body, answer }): readonly Drift[] => {
    const drift = { destination: 'infisical', subject: path, tenant, differences: [] } as const;
    if (answer === undefined) return [];
    if (answer.status !== 200) return [{ ...drift, kind: 'missing' }];
    const differences = compareInfisical(body, answer.body);
    return differences.length === 0 ? [] : [{ ...drift, kind: 'different', differences }];
  });
  return {
    compared: answers.filter(({ answer }) => answer !== undefined).length,
    drifts,
    unanswered: refusals.all(),
  };
}

/** It says 400 or 404 of what is not there. */
const ANSWERS: ReadonlySet<number> = new Set([200, 400, 404]);

async function question(
  { address, token }: InfisicalAccess,
  path: string,
  refusals: Refusals,
): Promise<StoreAnswer | undefined> {
  if (refusals.isSilent()) return undefined;
  try {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const answer = await askStore({ address }, { uri: `${address}${path}`, method: 'GET', headers });
    if (ANSWERS.has(answer.status)) return answer;
    if (answer.status === 401)
      refusals.fallSilent(
        `Cannot ask Infisical at ${address}: it does not accept the token; has it expired?`,
      );
    else refusals.note(`${answer.status} ${kindOf(path)}`, `Cannot read ${path}: ${explain(answer.status)}`);
  } catch (error) {
    if (!(error instanceof StoreSilence)) throw error;
    refusals.fallSilent(error.message);
  }
  return undefined;
}

const explain = (status: number): string =>
  status === 403
    ? 'the identity of the token may not (403); let it read the roles and the identities of the project'
    : `it answers with ${status}`;

/** Whichever project and identity. */
const kindOf = (path: string): string => path.replaceAll(/\/[\da-f-]{36}(?=\/|$)/gu, '');
