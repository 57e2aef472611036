import { asksForSync } from '#contract/secret-sync.ts';
import { readAnnotations } from './annotation.ts';
import { flawsForApiServer } from './api-server.ts';
import { dataKeysOf } from './data-key.ts';
import { describePath, type Effect, type Finding } from './finding.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { type KnownNamespace, textAnnotations } from './namespace.ts';
import type { ObjectReport, SecretReport, Verdict } from './report.ts';
import { planSync } from './sync.ts';
import { workingManifest } from './working.ts';

/** Explains a Secret; `known` is its namespace, as far as its annotations are known. */
export function explainSecret(
  manifest: Manifest,
  known: KnownNamespace | undefined,
): Pick<ObjectReport, 'verdict' | 'findings' | 'secret'> {
  const { understood, refused } = readAnnotations(manifest);
  if (!asksForSync(textAnnotations(manifest.value))) return { verdict: 'unasked', findings: refused };
  const { plan, findings: unsynced } = planSync(manifest, known);
  const findings = [
    ...flawsIn(manifest),
    ...refused,
    ...unsynced,
    ...(plan?.allKeys ? ownValues(manifest) : []),
  ].toSorted((a, b) => RANKS[a.effect] - RANKS[b.effect] || a.place.line - b.place.line);
  const working = workingManifest(manifest);
  const misplaced = dataKeysOf(manifest.value).some(({ holds }) => holds === 'misplaced');
  const faulty = new Set(findings.map(({ subject }) => subject));
  const secret: SecretReport = {
    annotations: understood.filter(({ key }) => !faulty.has(key)),
    bindingKnown: known !== undefined,
    misplaced,
    ...(plan && { plan }),
    ...(working && { working }),
  };
  return { verdict: verdictOf(findings), findings, secret };
}

/** The worst first. */
const RANKS: Readonly<Record<Effect, number>> = {
  refused: 0,
  denied: 1,
  unsynced: 2,
  uninjected: 3,
  note: 4,
};

const flawsIn = ({ value, at }: Manifest): readonly Finding[] =>
  flawsForApiServer(value).map(({ path, message }) => ({
    effect: 'refused',
    place: at(path),
    subject: describePath(path),
    message,
  }));

function verdictOf(findings: readonly Finding[]): Verdict {
  const effects = new Set(findings.map(({ effect }) => effect));
  if (effects.has('refused')) return 'refused';
  return effects.has('unsynced') ? 'unsynced' : 'works';
}

/** Nobody knows here whether the source has keys of these names. */
function ownValues({ value, at }: Manifest): readonly Finding[] {
  const own = dataKeysOf(value).filter(({ holds }) => holds === 'own');
  const [first] = own;
  if (first === undefined) return [];
  const names = own.map(({ key }) => key).join(', ');
  const message = `A value of its own stays: ${names}. If the source has a key of that name, the sync reports a conflict; take it out of the manifest, or leave it out with sidekey.dev/keys`;
  return [{ effect: 'note', place: at([first.field, first.key]), subject: first.field, message }];
}
