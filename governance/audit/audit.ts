import { policies } from '../policy/policies.ts';
import { DEFAULT_SETTINGS } from '../policy/settings.ts';
import type { Tenancy } from '../tenant/platform.ts';
import { createApiFold } from './api/fold.ts';
import { emitHolders } from './holders.ts';
import type { Document } from './inputs/document.ts';
import { type Objects, readObjects } from './inputs/objects.ts';
import { emitPolicies } from './inputs/policies.ts';
import { emitViolations, isPolicyReport } from './inputs/policy-reports.ts';
import { releaseOf } from './inputs/release.ts';
import { emitTenants, tenantFinder } from './inputs/tenants.ts';
import { createLogWatch, type Log } from './integrity.ts';
import { createDeliveries } from './kept/deliveries.ts';
import { createPods } from './kept/pods.ts';
import { createTally } from './kept/tally.ts';
import type { LinePlace } from './line.ts';
import { emitMissing, type InputName } from './missing.ts';
import { createLogReader } from './reader.ts';
import type { Emit } from './row.ts';
import type { Scope, Window } from './scope.ts';
import { shownName } from './shown.ts';
import { createStoreFold } from './store/fold.ts';
import { ACCOUNT_ONLY } from './store/who.ts';
import { createWords } from './words.ts';

export interface AuditOptions {
  readonly window: Window;
  /** Of a log; what is longer is worth telling. */
  readonly longestSilenceMs: number;
  readonly tenancy: Tenancy | undefined;
  /** What was named beside the logs: policy reports, policies, objects of the cluster. */
  readonly documents: readonly Document[];
  /** What was named at all. */
  readonly named: ReadonlySet<InputName>;
  readonly emit: Emit;
}

/** Makes the report, row by row. */
export interface Audit {
  /** There is such a file, be it empty. */
  begin(log: Log, file: string): void;
  /**
   * Takes a line of a log: those of the API server first, for the store's speaks of pods that it knows.
   *
   * @param text Undefined if it is longer than any should be.
   * @param isCut True for a last line without an end.
   */
  line(log: Log, text: string | undefined, place: LinePlace, isCut: boolean): void;
  /** Says all that is left to say, and returns the files that hold lines and none of their log. */
  finish(): readonly string[];
}

export function createAudit(options: AuditOptions): Audit {
  const objects = readObjects(options.documents);
  const accounts = countAccounts(options.emit);
  const scope = scopeOf(options, accounts.emit, objects);
  const deliveries = createDeliveries();
  const watches = {
    store: createLogWatch('store', options.longestSilenceMs),
    api: createLogWatch('api', options.longestSilenceMs),
  };
  const readers = {
    store: createLogReader('store', createStoreFold(scope, deliveries), watches.store),
    api: createLogReader('api', createApiFold(scope), watches.api),
  };
  return {
    begin: (log, file) => watches[log].begin(file),
    line: (log, text, place, isCut) => readers[log].take(text, place, isCut),
    finish() {
      const { emit, window } = scope;
      const last = Math.max(...Object.values(watches).map(({ coverage }) => coverage.whole()?.to ?? 0));
      emitHolders(deliveries, { at: Math.min(window.until, last), pods: objects.pods }, scope);
      scope.denials.finish(emit);
      scope.breakGlass.finish(emit);
      emitState(options, objects, scope);
      for (const watch of Object.values(watches)) watch.emit(emit, window);
      emitGaps({ unanswered: readers.store.unanswered(), accounts: accounts.count() }, scope);
      emitMissing(options.named, emit);
      return Object.values(watches).flatMap((watch) => watch.unreadable());
    },
  };
}

function scopeOf({ window, tenancy }: AuditOptions, emit: Emit, objects: Objects): Scope {
  const settings = tenancy?.platform ?? DEFAULT_SETTINGS;
  return {
    window,
    emit,
    pods: createPods(),
    denials: createTally('denial'),
    breakGlass: createTally('breakGlass'),
    tenantOf: tenantFinder(tenancy, objects),
    wordsOf: createWords(policies(settings), settings.acceleratorDomains),
  };
}

/** What the cluster and its declarations say, whenever it is read. */
function emitState({ documents, named, tenancy }: AuditOptions, objects: Objects, scope: Scope): void {
  const { emit, tenantOf } = scope;
  for (const { file, namespace, name } of objects.unsynced)
    emit('breakGlass', {
      kind: 'sync switched off',
      tenant: tenantOf(namespace),
      namespace: shownName(namespace),
      object: `secrets ${shownName(name)}`,
      source: file,
    });
  emitTenants(tenancy, objects, emit);
  const results = emitViolations(documents.filter(isPolicyReport), scope);
  if (!named.has('policies')) return;
  const release = releaseOf(tenancy?.platform ?? DEFAULT_SETTINGS);
  emitPolicies({ objects: documents.map(({ object }) => object), release, results }, emit);
}

/** What is not told one by one. */
function emitGaps(
  { unanswered, accounts }: { readonly unanswered: number; readonly accounts: number },
  { emit, denials, breakGlass }: Scope,
): void {
  const gaps: readonly (readonly [kind: string, count: number, what: string])[] = [
    ['unanswered', unanswered, 'requests of the store have no answer in the log'],
    [
      'identity',
      accounts,
      'deliveries name a service account only: with auth/kubernetes the store does not know the pod, with auth/jwt and claim mappings it does',
    ],
    ['left out', denials.overflow(), 'denials are not shown: there were too many kinds'],
    ['left out', breakGlass.overflow(), 'break-glass actions are not shown: there were too many kinds'],
  ];
  for (const [kind, count, what] of gaps) if (count > 0) emit('integrity', { kind, count, what });
}

/** Counts the deliveries of which only the service account is known. */
function countAccounts(emit: Emit): { readonly emit: Emit; count(): number } {
  let count = 0;
  return {
    emit(section, cells) {
      if (section === 'delivery' && 'identity' in cells && cells.identity === ACCOUNT_ONLY) count += 1;
      emit(section, cells);
    },
    count: () => count,
  };
}
