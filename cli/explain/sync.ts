import type { Binding } from '#contract/binding.ts';
import { describeSource, parseSecretSource } from '#contract/secret-source.ts';
import { SOURCE_KEY, TEMPLATE_PREFIX, unknownAnnotations } from '#contract/secret-sync.ts';
import { isRefBound, nameRef } from '../../agent/sync/decide/bound-reference.ts';
import type { BoundNamespace } from '../../agent/sync/decide/namespace.ts';
import { readRequest, type SyncRequest, unbound } from '../../agent/sync/decide/request.ts';
import { problemsWithData } from './data-problems.ts';
import type { Finding } from './finding.ts';
import { type KeyPlan, namedKeys, planKeys } from './key-plan.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { type KnownNamespace, textAnnotations } from './namespace.ts';
import { locateProblem } from './sync-finding.ts';
import { refsOf } from './template-refs.ts';

/** What a Secret is to be made of, as far as its annotations and those of its namespace say. */
export interface SyncPlan {
  /** As it is written; absent if it is not known, or if all keys are rendered from templates. */
  readonly source?: string;
  /** True if the source is what the namespace is bound to, which is not known here. */
  readonly sourceUnknown: boolean;
  readonly keys: readonly KeyPlan[];
  /** True if every key of the source comes along, under its own name. */
  readonly allKeys: boolean;
}

export interface ReadPlan {
  /** Absent if the annotations do not say enough. */
  readonly plan?: SyncPlan;
  readonly findings: readonly Finding[];
}

/** What would be synced, and what is in the way of it. */
export function planSync(manifest: Manifest, known: KnownNamespace | undefined): ReadPlan {
  const annotations = withoutUnknown(textAnnotations(manifest.value));
  const namespace = known?.bound ?? assumed(annotations[SOURCE_KEY]);
  const { request, problems } = readRequest(annotations, namespace);
  if (request === undefined) return { findings: problems.map((one) => locateProblem(one, manifest, known)) };
  const { refs, findings } = readTemplates(request, manifest, known?.bound.binding);
  const more = problemsWithData(manifest.value, request).map((one) => locateProblem(one, manifest, known));
  const sourceUnknown =
    known === undefined && annotations[SOURCE_KEY] === undefined && request.source !== undefined;
  const source = request.source && !sourceUnknown ? { source: describeSource(request.source) } : {};
  const keys = planKeys(manifest.value, request, refs);
  const plan = { ...source, sourceUnknown, keys, allKeys: namedKeys(request) === undefined };
  return { plan, findings: [...findings, ...more] };
}

/** What means nothing is told apart, with what may have been meant. */
function withoutUnknown(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const unknown = new Set(unknownAnnotations(annotations));
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !unknown.has(key)));
}

/** Stands for the folder that a namespace is bound to as long as nobody knows it. */
const SOMEWHERE = { project: 'some', environment: 'where', folder: '/' } as const;

/** Where the namespace's binding is not known: one that suits the Secret. */
function assumed(source: string | undefined): BoundNamespace {
  const read = source === undefined ? undefined : parseSecretSource(source);
  const named = read && 'value' in read ? read.value : undefined;
  const binding: Binding = {
    infisical: [named?.store === 'infisical' ? named : SOMEWHERE],
    vaultPaths: named?.store === 'vault' ? [named.path.split('?')[0] ?? ''] : [],
  };
  return { binding, problems: [] };
}

interface ReadTemplates {
  /** What each template asks for, by the key that it makes. */
  readonly refs: ReadonlyMap<string, readonly string[]>;
  readonly findings: readonly Finding[];
}

function readTemplates(
  { templates }: SyncRequest,
  { at }: Manifest,
  binding: Binding | undefined,
): ReadTemplates {
  const read = [...templates].map(([key, template]) => {
    const { refs, fault } = refsOf(template);
    const foreign = binding === undefined ? [] : refs.filter((ref) => !isRefBound(binding, ref));
    const messages = foreign.map(
      (ref) => unbound(nameRef(ref), binding ?? { infisical: [], vaultPaths: [] }).message,
    );
    const subject = TEMPLATE_PREFIX + key;
    const place = at(['metadata', 'annotations', subject]);
    const findings = [...new Set(fault === undefined ? messages : [...messages, fault])].map(
      (message): Finding => ({ effect: 'unsynced', place, subject, message }),
    );
    return { key, names: [...new Set(refs.map(nameRef))], findings };
  });
  return {
    refs: new Map(read.map(({ key, names }) => [key, names])),
    findings: read.flatMap(({ findings }) => findings),
  };
}
