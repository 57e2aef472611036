import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { AuditEntry } from '../servers/audit.ts';
import { CREDENTIALS_PATH } from '../servers/database.ts';
import { eventually } from '../servers/eventually.ts';
import { field } from '../servers/openbao-api.ts';
import { agentTokens } from './faults.ts';
import type { SoakRecord } from './record.ts';
import { LIVES, type World } from './world.ts';

/** What is there of the agents' making, in the store and in the database. */
async function present({ bao, logins }: World): Promise<string[]> {
  const leases = await bao.api('LIST', `sys/leases/lookup/${CREDENTIALS_PATH}`).then(
    (answer) => field(answer, 'data', 'keys') as string[],
    // It answers 404 when there are none.
    () => [],
  );
  const [tokens, users] = [await agentTokens({ bao }), await logins.users()];
  return [
    ...leases.map((lease) => `lease ${lease}`),
    ...tokens.map((accessor) => `token ${accessor}`),
    ...users.map((user) => `user ${user}`),
  ];
}

/** Waits until nothing is there any more, or everything must have ended; gives what is left. */
export async function leftOver(world: World): Promise<readonly string[]> {
  let left: readonly string[] = ['not known'];
  // The store looks for what has ended now and then, and tries again if the database does not answer.
  const within = (LIVES.token.ttl + LIVES.login.ttl + 60) * 1000;
  await eventually('nothing left', within, async () => {
    left = await present(world);
    if (left.length > 0) throw new Error('There is something left');
  }).catch(() => undefined);
  return left;
}

/** Counts what the store was asked for by its audit log, which is too long to be held. */
export async function countAsked(auditFile: string): Promise<SoakRecord['asked']> {
  const paths = new Map<string, number>();
  for await (const line of createInterface({ input: createReadStream(auditFile) })) {
    const { type, request } = JSON.parse(line) as AuditEntry;
    if (type === 'request') paths.set(request.path, (paths.get(request.path) ?? 0) + 1);
  }
  return {
    logins: paths.get('auth/kubernetes/login') ?? 0,
    leases: paths.get(CREDENTIALS_PATH) ?? 0,
    certificates: paths.get('pki/issue/soak') ?? 0,
  };
}
