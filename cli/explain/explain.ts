import { describeBinding } from '#contract/binding.ts';
import { objectIn, textIn } from '#contract/json.ts';
import type { Input } from '../input.ts';
import type { Finding } from './finding.ts';
import { templateHint } from '../manifest/chart-template.ts';
import { type Fault, type Manifest, readManifests } from '../manifest/manifest.ts';
import {
  isNamespace,
  knownNamespace,
  namespaceOf,
  type NamespaceOptions,
  readManifest,
} from './namespace.ts';
import { ASSUMED_INJECTOR, type Injector, injectorIn } from './pod/injector.ts';
import { surroundingsOf } from './pod/surroundings.ts';
import { explainWorkload } from './pod/workload.ts';
import type { ObjectReport, Report } from './report.ts';
import { explainSecret } from './secret.ts';

/** What is known beside the manifests themselves. */
export interface ExplainOptions extends NamespaceOptions {
  /** Whom pods are shown to; else the one whose Deployment is among the manifests, or one of which nothing is known. */
  readonly injector?: Injector;
}

/** Explains everything in the inputs; a Namespace in one of them holds for the objects in all. */
export function explain(inputs: readonly Input[], options: ExplainOptions = {}): Report {
  const read = inputs.map(({ file, text }) => readManifests(file, text));
  const manifests = read.flatMap((one) => one.manifests);
  const injector = options.injector ?? injectorIn(manifests)?.injector ?? ASSUMED_INJECTOR;
  const context = { all: manifests, options, injector };
  return {
    objects: manifests.map((one) => explainObject(one, context)),
    injectorKnown: injector.isKnown,
    findings: read.flatMap(({ faults }, at) => faults.map((fault) => foundIn(fault, inputs[at]?.text ?? ''))),
  };
}

const foundIn = (fault: Fault, text: string): Finding => ({
  effect: fault.kind === 'unreadable' ? 'refused' : 'note',
  place: fault.place,
  subject: fault.subject,
  message: fault.message + templateHint(text, fault.message, 'sidekey explain -f -'),
});

interface Context {
  readonly all: readonly Manifest[];
  readonly options: NamespaceOptions;
  readonly injector: Injector;
}

function explainObject(manifest: Manifest, { all, options, injector }: Context): ObjectReport {
  const { value, place } = manifest;
  const metadata = objectIn(value, 'metadata');
  const name = textIn(metadata, 'name') || textIn(metadata, 'generateName');
  const head = { place, kind: textIn(value, 'kind'), name };
  if (isNamespace(manifest)) return { ...head, ...explainNamespace(manifest) };
  const namespace = namespaceOf(manifest, options);
  const placed = { ...head, ...(namespace === undefined ? {} : { namespace }) };
  if (isSecret(manifest))
    return { ...placed, ...explainSecret(manifest, knownNamespace(manifest, all, options)) };
  const surroundings = surroundingsOf(manifest, all, options);
  const workload = explainWorkload({ manifest, injector, namespace: namespace ?? '', surroundings });
  return { ...placed, ...workload };
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
