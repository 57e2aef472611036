import type { Problem } from '#contract/problem.ts';
import { readAgentWishes } from './agent-wishes.ts';
import { readAudiences } from './directories.ts';
import { readRenderInterval } from './drop-in-files.ts';
import { DROP_IN, dropIn, native } from './families.ts';
import { type Files, readFiles } from './files.ts';
import { Findings } from './findings.ts';
import type { Injection } from './injection.ts';
import type { OperatorDefaults } from './operator.ts';
import {
  type Annotations,
  asksNativelyAlone,
  askingOptIns,
  followedAnnotations,
  OPT_INS,
  overruledKeys,
} from './request.ts';
import { readSchedule } from './schedule-wishes.ts';
import { readAgentFiles, readSecretMounts } from './secret-mounts.ts';
import { type Pair, settle } from './settle.ts';
import { readOnOutage } from './outage.ts';
import { readStores } from './stores.ts';
import { readDropIn, readNative } from './table.ts';
import { noteDeclined, noteUnfollowed } from './unfollowed.ts';
import { choiceParser, mapped, parseFlag } from './values.ts';

export interface ReadAnnotations {
  /** To be acted upon only if there are no problems; until then it serves to look for more of them. */
  readonly injection: Injection;
  /** Every problem, sorted by key. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

const MODE: Pair<Injection['mode']> = {
  dropIn: 'agent-pre-populate-only',
  native: 'mode',
  parse: mapped(parseFlag, (isOnly) => (isOnly ? 'init' : 'run')),
  parseNative: mapped(choiceParser('sidecar', 'init'), (mode) => (mode === 'init' ? 'init' : 'run')),
};

/** Reads what a pod asks for. To be called for pods that ask at all. */
export function parseAnnotations(annotations: Annotations, defaults: OperatorDefaults): ReadAnnotations {
  const findings = new Findings(followedAnnotations(annotations));
  for (const { key, parse } of OPT_INS) findings.read(key, parse, true);
  const asksNatively = asksNativelyAlone(annotations);
  const files = readFiles(findings, asksNatively);
  const mode = settle(findings, MODE, 'run');
  const suspend = readNative(findings, 'suspend');
  const injection: Injection = {
    mode,
    position: readPosition(findings, files),
    gates: readGate(findings, mode),
    directories: files.directories,
    audiences: readAudiences(findings),
    ...readStores(findings, defaults, { files, asksNatively }),
    secretMounts: readSecretMounts(findings),
    agentFiles: readAgentFiles(findings),
    agent: readAgentWishes(findings, mode),
    files: [...files.dropIn, ...files.native],
    pollMs: readPoll(findings, defaults, files),
    startDeadlineMs: readDeadline(findings, defaults),
    revokeOnShutdown: readDropIn(findings, 'agent-revoke-on-shutdown') ?? defaults.revokeOnShutdown,
    ...readOnOutage(findings),
    ...readSchedule(findings),
    ...(suspend === undefined ? {} : { suspend }),
    statusKeys: askingOptIns(annotations).map(({ statusKey }) => statusKey),
  };
  if (mode === 'init') noteIdle(findings, injection);
  for (const key of overruledKeys(annotations))
    findings.warn(key, `is what counts: the same key of ${DROP_IN.prefix.slice(0, -1)} says something else`);
  noteDeclined(findings, annotations);
  noteUnfollowed(findings);
  return {
    injection,
    problems: findings.problems.toSorted(byKey),
    warnings: findings.warnings.toSorted(byKey),
  };
}

/** A pod of both families has the agent where Sidekey's own files need it, unless it is to be the very first. */
function readPosition(findings: Findings, files: Files): Injection['position'] {
  if (readDropIn(findings, 'agent-init-first') === true) return 'first';
  return files.native.length > 0 ? 'after-sidecars' : 'last';
}

const WAITS = 'agent-pre-populate';

/** What renders once is waited for, whatever is said. */
function readGate(findings: Findings, mode: Injection['mode']): boolean {
  const waits = readDropIn(findings, WAITS) !== false;
  if (!waits && mode === 'init')
    findings.deny(
      dropIn(WAITS),
      `is ${JSON.stringify(findings.text(dropIn(WAITS)) ?? '')} beside ${dropIn('agent-pre-populate-only')}, which together ask for no agent at all; expected one of them alone`,
    );
  return waits;
}

function readDeadline(findings: Findings, defaults: OperatorDefaults): number | null {
  const deadline = readNative(findings, 'start-deadline');
  return deadline === undefined ? defaults.startDeadlineMs : deadline;
}

/** Files that are rendered once never change. */
function noteIdle(findings: Findings, { files, onOutage, suspend }: Injection): void {
  const once = `once files are rendered (${native('mode')}: "init")`;
  if (onOutage && findings.text(native('on-outage')) !== undefined)
    findings.deny(native('on-outage'), `asks for something that nobody does ${once}; expected "keep"`);
  if (suspend === true)
    findings.deny(native('suspend'), `asks for what holds anyway ${once}; expected no such annotation`);
  for (const { reloadKey } of files)
    if (reloadKey !== undefined)
      findings.deny(
        reloadKey,
        `tells of changes that there are not, for files are rendered once (${native('mode')}: "init"); expected no such annotation`,
      );
}

function byKey(a: Problem, b: Problem): number {
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

/** The most frequent of what is asked for, and of what holds for the families that have files. */
function readPoll(findings: Findings, defaults: OperatorDefaults, files: Files): number {
  const isOurs = files.native.length > 0;
  const isTheirs = files.dropIn.length > 0 || !isOurs;
  const all = [
    readRenderInterval(findings) ?? (isTheirs ? defaults.pollMs : undefined),
    readNative(findings, 'poll') ?? (isOurs ? defaults.nativePollMs : undefined),
  ];
  return Math.min(...all.filter((interval) => interval !== undefined));
}
