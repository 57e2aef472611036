import { asksForSync } from '#contract/secret-sync.ts';
import { readAnnotations } from './annotation.ts';
import { flawsForApiServer } from './api-server.ts';
import { dataKeysOf } from './data-key.ts';
import { describePath, type Finding } from './finding.ts';
import type { Manifest } from './manifest.ts';
import { BINDING_HINT, type KnownNamespace, textAnnotations } from './namespace.ts';
import type { ObjectReport, Verdict } from './report.ts';
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
    ...(known === undefined ? [unknownBinding(manifest)] : []),
  ].toSorted((a, b) => a.place.line - b.place.line);
  const working = workingManifest(manifest);
  const misplaced = dataKeysOf(manifest.value).some(({ holds }) => holds === 'misplaced');
  const secret = { annotations: understood, misplaced, ...(plan && { plan }), ...(working && { working }) };
  return { verdict: verdictOf(findings), findings, secret };
}

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
const ownValues = ({ value, at }: Manifest): readonly Finding[] =>
  dataKeysOf(value)
    .filter(({ holds }) => holds === 'own')
    .map(({ field, key }) => ({
      effect: 'note',
      place: at([field, key]),
      subject: `${field}.${key}`,
      message:
        'has a value of its own, which stays. If the source has a key of this name, the sync reports a conflict: take it out of the manifest, or leave it out with sidekey.dev/keys',
    }));

const unknownBinding = ({ at }: Manifest): Finding => ({
  effect: 'note',
  place: at(['metadata', 'namespace']),
  subject: 'metadata.namespace',
  message: `What the namespace is bound to is not known here; ${BINDING_HINT}`,
});
