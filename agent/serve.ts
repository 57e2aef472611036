import { serveAdmin } from '#platform/admin.ts';
import { systemClock } from '#platform/clock.ts';
import { createMetrics } from '#platform/metrics.ts';
import { followAuthorities } from './follow-authorities.ts';
import { keepJournal } from './journal.ts';
import { keepLastWords } from './last-words.ts';
import { createMeters } from './meters.ts';
import { AGENT_METRICS } from './metrics.ts';
import { createNotify } from './notify/notify.ts';
import { standingMarks } from './notify/target.ts';
import { watchLocalFiles } from './local-files.ts';
import { watchSuspension } from './suspension.ts';
import { type ExitCode, type Parts, worldOf } from './parts.ts';
import { withMetrics } from './provider/instrument.ts';
import { readStanding, readWritten } from './render/standing.ts';
import { run, type Step } from './run.ts';
import { failing } from './schedule/outage.ts';
import { endAt, unready } from './schedule/outlook.ts';
import { newState, resumeState, savedAlike, takeOver, toSaved } from './schedule/resume.ts';
import type { AgentState, Event } from './schedule/state.ts';
import { revokeTokens } from './shutdown.ts';
import { keepHeapSmall } from './small-heap.ts';
import { clockOrigin } from './state/clock-origin.ts';
import { atEndOfTurn } from './state/end-of-turn.ts';
import { fingerprint } from './state/fingerprint.ts';
import { onClock } from './state/on-clock.ts';
import { loadState, removeState, saveState } from './state/store.ts';
import { startedAt } from './steady-clock.ts';

/** Renders, keeps the files up to date and answers probes until the process is asked to end. */
export async function serve(given: Parts): Promise<ExitCode> {
  const { config, clock, log, stop } = given;
  const metrics = createMetrics(AGENT_METRICS);
  const measured = [...given.providers].map(
    ([name, one]) => [name, withMetrics(name, one, metrics, clock)] as const,
  );
  const parts: Parts = { ...given, providers: new Map(measured) };
  const names = config.files.map(({ name }) => name);
  const kinds = [...new Set(config.files.flatMap(({ reload }) => reload?.kind ?? []))];
  const beside = { kinds, authorities: authoritiesIn(config), suspension: given.suspension };
  const meters = createMeters(metrics, names, startedAt, beside);
  const own = [keepState(parts), followAuthorities({ ...given, metrics }), keepHeapSmall];
  const keepers = [keepJournal(log), meters.count, keepLastWords(config.terminationLog), ...own];
  let state = await startState(parts);
  metrics.onCollect(() => meters.gauge(state, clock.now(), systemClock.now() - clock.now()));
  const source = {
    metrics: () => metrics.expose(),
    unready: () => unready(state) ?? failing(state, clock.now()),
  };
  const admin = await serveAdmin(source, config.adminPort, config.adminAddress).catch((error: unknown) => {
    throw cannotListen(config, error);
  });
  log.info({ port: admin.port }, 'Started');
  const engine = {
    world: worldOf(parts, createNotify(config.files, clock)),
    clock,
    random: parts.random,
    observe: (step: Step) => {
      state = step.after;
      for (const keep of keepers) keep(step);
    },
    listen: (report: (event: Event) => void) => listenToFiles(parts, () => report({ type: 'redirected' })),
    endAt: (current: AgentState) => endAt(current, config),
  };
  await run(engine, state, stop);
  const code = await end(parts, state);
  await admin.close();
  return code;
}

/** How many stores say by a file whom to trust. */
const authoritiesIn = ({ vault, infisical }: Parts['config']): number =>
  [vault?.caFile, infisical?.caFile].filter((file) => file !== undefined).length;

/** Files that no store has are looked at again and again, if any template reads one; and so is whether files may change. */
function listenToFiles({ files, localFiles, suspension, clock, stop }: Parts, report: () => void): void {
  if (suspension) void watchSuspension(suspension, clock, stop, report);
  if (files.some(({ readsFiles }) => readsFiles === true))
    void watchLocalFiles(localFiles, clock, stop, report);
}

function cannotListen({ adminAddress, adminPort }: Parts['config'], error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const fact = `${code}; is another container of the pod using the port?`;
  return new Error(`Cannot listen on ${adminAddress} port ${adminPort}: ${fact}`, { cause: error });
}

/** Goes on where an earlier process stopped if its state belongs to this configuration. */
async function startState({ config, providers, clock, random, log }: Parts): Promise<AgentState> {
  const loaded = loadState(config.stateDirectory);
  const standing = await readStanding(config.files);
  // Without a state the files may be there all the same, and be read by an application that is to be told of changes.
  const fresh = (): AgentState => ({
    ...newState(config.pollMs, providers.keys()),
    ...wishesOf(config, clock.now()),
    marks: standingMarks(config.files, standing),
  });
  if (!loaded.found) {
    if (loaded.reason !== 'absent') log.warn({ reason: loaded.reason }, 'Ignored the saved state');
    return fresh();
  }
  if (loaded.state.fingerprint !== fingerprint(config)) {
    log.info('Ignored the saved state: it belongs to another configuration');
    return fresh();
  }
  log.info('Resumed the saved state');
  const saved = onClock(loaded.state, clockOrigin(clock.now()));
  const state = resumeState(saved, config.pollMs, providers, { now: clock.now(), random });
  // What had been taken away comes back only when it is confirmed.
  const since = loaded.state.files.some(({ removed }) => removed) ? 0 : clock.now();
  return takeOver({ ...state, ...wishesOf(config, since) }, standing, await readWritten(loaded.state.files));
}

/** What the configuration wants of the schedule. */
function wishesOf(
  { files, onOutage, backoff, replaceAfter }: Parts['config'],
  since: number,
): Pick<AgentState, 'asked' | 'outage' | 'backoff' | 'replaceAfter'> {
  const asked = files.flatMap(({ name, pollMs }) => (pollMs === undefined ? [] : [[name, pollMs] as const]));
  return {
    asked: new Map(asked),
    ...(onOutage && { outage: { ...onOutage, since } }),
    ...(backoff && { backoff }),
    ...(replaceAfter === undefined ? {} : { replaceAfter }),
  };
}

/** Saves what a restart needs whenever it has changed. A state that cannot be saved costs a later process one login. */
function keepState({ config, clock, log }: Parts): (step: Step) => void {
  const mark = fingerprint(config);
  const origin = clockOrigin(clock.now());
  return atEndOfTurn(({ before, after }) => {
    if (savedAlike(before, after)) return;
    try {
      saveState(config.stateDirectory, { ...toSaved(after, mark), clock: origin });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      log.warn({ code }, 'Cannot save the state: a restart will log in anew');
    }
  });
}

/** Asked to end, the agent ends well. By itself it only ends because the first render cannot come about. */
async function end({ config, clock, log, stop }: Parts, state: AgentState): Promise<ExitCode> {
  if (!stop.aborted) {
    log.error({ reason: unready(state) }, 'Giving up');
    return 1;
  }
  if (config.revokeOnShutdown) {
    await revokeTokens(state, log, clock.now());
    forget(config.stateDirectory, log);
  }
  log.info('Stopped');
  return 0;
}

function forget(stateDirectory: string, log: Parts['log']): void {
  try {
    removeState(stateDirectory);
  } catch {
    log.warn('Cannot remove the saved state');
  }
}
