import { describeBinding } from '#contract/binding.ts';
import { objectIn, textIn } from '#contract/json.ts';
import type { Input } from '../input.ts';
import type { Finding } from './finding.ts';
import { type Fault, type Manifest, readManifests } from '../manifest/manifest.ts';
import {
  isNamespace,
  knownNamespace,
  namespaceOf,
  type NamespaceOptions,
  readManifest,
} from './namespace.ts';
import type { ObjectReport, Report } from './report.ts';
import { explainSecret } from './secret.ts';

/** Explains everything in the inputs; a Namespace in one of them holds for the Secrets in all. */
export function explain(inputs: readonly Input[], options: NamespaceOptions = {}): Report {
  const read = inputs.map(({ file, text }) => readManifests(file, text));
  const manifests = read.flatMap((one) => one.manifests);
  return {
    objects: manifests.map((one) => explainObject(one, manifests, options)),
    findings: read.flatMap(({ faults }) => faults.map(foundIn)),
  };
}

const foundIn = ({ kind, ...fault }: Fault): Finding => ({
  effect: kind === 'unreadable' ? 'refused' : 'note',
  ...fault,
});

function explainObject(
  manifest: Manifest,
  all: readonly Manifest[],
  options: NamespaceOptions,
): ObjectReport {
  const { value, place } = manifest;
  const metadata = objectIn(value, 'metadata');
  const name = textIn(metadata, 'name') || textIn(metadata, 'generateName');
  const head = { place, kind: textIn(value, 'kind'), name };
  if (isNamespace(manifest)) return { ...head, ...explainNamespace(manifest) };
  const namespace = namespaceOf(manifest, options);
  const placed = { ...head, ...(namespace === undefined ? {} : { namespace }) };
  if (!isSecret(manifest)) return { ...placed, verdict: 'unexplained', findings: [] };
  return { ...placed, ...explainSecret(manifest, knownNamespace(manifest, all, options)) };
}

const isSecret = ({ value }: Manifest): boolean => value['apiVersion'] === 'v1' && value['kind'] === 'Secret';

function explainNamespace(manifest: Manifest): Pick<ObjectReport, 'verdict' | 'binding' | 'findings'> {
  const { bound, at } = readManifest(manifest);
  const findings = bound.problems.map(({ message }): Finding => {
    const [subject = ''] = message.split(' ', 1);
    const place = at(subject) ?? manifest.place;
    return { effect: 'unsynced', place, subject, message: message.slice(subject.length + 1) };
  });
  return { verdict: 'binding', binding: describeBinding(bound.binding), findings };
}
