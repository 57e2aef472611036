import type { Problem } from '#contract/problem.ts';
import { dropIn, native } from './families.ts';
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
} from './request.ts';
import { readSecretMounts } from './secret-mounts.ts';
import { type Pair, settle } from './settle.ts';
import { readOnOutage } from './outage.ts';
import { readStores } from './stores.ts';
import { noteDeclined, noteUnfollowed } from './unfollowed.ts';
import { choiceParser, mapped, parseDeadline, parseFlag, parseInterval } from './values.ts';

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
  const injection: Injection = {
    mode: settle(findings, MODE, 'run'),
    position: files.native.length > 0 ? 'after-sidecars' : 'last',
    directories: files.directories,
    ...readStores(findings, defaults, { files, asksNatively }),
    secretMounts: readSecretMounts(findings),
    files: [...files.dropIn, ...files.native],
    pollMs: readPoll(findings, defaults, files),
    startDeadlineMs: findings.read(native('start-deadline'), parseDeadline, defaults.startDeadlineMs),
    revokeOnShutdown: findings.read(dropIn('agent-revoke-on-shutdown'), parseFlag, defaults.revokeOnShutdown),
    ...readOnOutage(findings),
    statusKeys: askingOptIns(annotations).map(({ statusKey }) => statusKey),
  };
  if (injection.mode === 'init') noteIdle(findings, injection);
  noteDeclined(findings, annotations);
  noteUnfollowed(findings);
  return {
    injection,
    problems: findings.problems.toSorted(byKey),
    warnings: findings.warnings.toSorted(byKey),
  };
}

/** Files that are rendered once never change. */
function noteIdle(findings: Findings, { files, onOutage }: Injection): void {
  if (onOutage)
    findings.deny(
      native('on-outage'),
      `asks for something that nobody does once files are rendered (${native('mode')}: "init"); expected "keep"`,
    );
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
  const theirs = dropIn('template-static-secret-render-interval');
  const all = [
    findings.read(theirs, parseInterval, isTheirs ? defaults.pollMs : undefined),
    findings.read(native('poll'), parseInterval, isOurs ? defaults.nativePollMs : undefined),
  ];
  return Math.min(...all.filter((interval) => interval !== undefined));
}
