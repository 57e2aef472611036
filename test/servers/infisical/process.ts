/** The fake server as a process of its own, for networks that are not that of the tests. Its parent speaks to it by IPC. */
import { FakeInfisical } from './server.ts';
import { type Reviewer, reviewAt } from './token-review.ts';

/** The first message to the process. */
export interface Orders {
  /** The address to listen on. */
  readonly host: string;
  readonly reviewer: Reviewer;
  /** Of the tokens that log in; the accounts are all of the namespace `default`. */
  readonly audience: string;
  /** The slug of the only project. */
  readonly project: string;
}

/** The first message of the process. */
export interface World {
  readonly address: string;
  readonly projectId: string;
  /** Logs in by service-account tokens. */
  readonly readerId: string;
  /** The same for the account of the sync. */
  readonly syncId: string;
  /** Logs in by universal auth, to write. */
  readonly writer: { readonly clientId: string; readonly clientSecret: string };
}

/** Further messages to the process; each is answered by itself when it is done. */
export type Switch = 'down' | 'up';

async function start({ host, reviewer, audience, project }: Orders): Promise<FakeInfisical> {
  const fake = await FakeInfisical.start({ host });
  fake.identities.review = reviewAt(reviewer);
  const { id: projectId } = fake.projects.create({ slug: project });
  const projects = new Set([projectId]);
  const { id: readerId } = fake.addIdentity({
    kubernetes: { namespaces: ['default'], names: ['default'], audience },
    projects,
  });
  const { id: syncId } = fake.addIdentity({
    kubernetes: { namespaces: ['sidekey'], names: ['sidekey-sync'] },
    projects,
  });
  const { clientId, clientSecret } = fake.addIdentity({ projects });
  tell({ address: fake.address, projectId, readerId, syncId, writer: { clientId, clientSecret } });
  return fake;
}

function tell(message: World | Switch): void {
  process.send?.(message);
}

process.once('disconnect', () => process.exit());
process.once('message', (orders: Orders) => {
  const started = start(orders);
  process.on('message', (message: Switch) => void turn(started, message));
});

async function turn(started: Promise<FakeInfisical>, message: Switch): Promise<void> {
  const fake = await started;
  await (message === 'down' ? fake.close() : fake.open());
  tell(message);
}
