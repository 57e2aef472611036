import type { Log } from '#platform/log.ts';
import { watchFiles } from '#platform/watch-files.ts';
import type { AgentMetrics } from './meters.ts';
import type { Authority } from './provider/http/authority.ts';
import type { Providers, StoreName } from './provider/provider.ts';
import type { Step } from './run.ts';

interface Following {
  readonly providers: Providers;
  readonly metrics: Pick<AgentMetrics, 'set' | 'onCollect'>;
  readonly log: Log;
  readonly stop: AbortSignal;
}

/** A store whose authority is a file. */
interface Followed {
  readonly store: StoreName;
  readonly authority: Authority;
  readonly file: string;
}

/**
 * Takes each new authority of a store as soon as it is in its file. The files are watched once the first set is rendered: to
 * load what watches takes time that a pod waits for, and until then a connection that fails of a certificate reads its file
 * again by itself.
 */
export function followAuthorities({ providers, metrics, log, stop }: Following): (step: Step) => void {
  const followed = [...providers].flatMap(([store, { authority }]): Followed[] =>
    authority?.file === undefined ? [] : [{ store, authority, file: authority.file }],
  );
  metrics.onCollect(() => {
    for (const { store, authority } of followed)
      metrics.set('sidekey_agent_authority_current', authority.problem() === undefined ? 1 : 0, { store });
  });
  let begun = followed.length === 0;
  return ({ after }) => {
    if (begun || after.render.firstAt === undefined) return;
    begun = true;
    for (const one of followed)
      void follow(one, log, stop).catch(() => cannotWatch(log, one, 'what watches files cannot be loaded'));
  };
}

async function follow(followed: Followed, log: Log, stop: AbortSignal): Promise<void> {
  const { store, authority, file } = followed;
  let told: string | undefined;
  const changed = (): void => {
    const outcome = authority.reload();
    const problem = authority.problem();
    if (outcome === 'replaced') log.info({ store, file }, 'Replaced whom to trust');
    if (problem !== undefined && problem !== told)
      log.error({ store, reason: problem }, 'Trust whom was trusted: the new file cannot be used');
    told = problem;
  };
  const end = await watchFiles({
    files: [file],
    changed,
    failed: (reason) => cannotWatch(log, followed, reason),
  });
  if (stop.aborted) await end();
  else stop.addEventListener('abort', () => void end(), { once: true });
}

function cannotWatch(log: Log, { store, file }: Followed, reason: string): void {
  log.error(
    { store, file, reason },
    'Cannot watch whom to trust: a change is noticed only when the store is not trusted',
  );
}
