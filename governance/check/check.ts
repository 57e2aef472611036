import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { isMatched } from '../cel/admission.ts';
import { bindingFor, type Enforcement } from '../cel/binding.ts';
import { policies } from '../policy/policies.ts';
import type { Policy } from '../policy/policy.ts';
import type { Tenancy } from '../tenant/platform.ts';
import { creation, denials } from './denials.ts';
import { excessFindings } from './excess.ts';
import type { Finding } from './finding.ts';
import { type Inject, type Injected, injectorFindings, loginFindings } from './injection.ts';
import { bareNamespace, declaredNamespaces, isNamespace, type KnownNamespace } from './namespaces.ts';
import { podsIn, type PodPlace } from './pods.ts';

/** What objects are held against. */
export interface Rules {
  readonly tenancy: Tenancy;
  readonly inject: Inject;
  /** Where an object is that names no namespace. */
  readonly namespace: string;
}

/** What would become of one object. */
export interface Checked {
  readonly kind: string;
  readonly name: string;
  /** Absent for a Namespace, and for what is not judged. */
  readonly namespace?: KnownNamespace;
  /** False for what no policy is about. */
  readonly isJudged: boolean;
  readonly findings: readonly Finding[];
}

/** What the API server would make of each object, if somebody of the team sent it, and what would become of its pods. */
export function checkObjects(objects: readonly JsonObject[], rules: Rules): readonly Checked[] {
  const declared = declaredNamespaces(rules.tenancy, objects);
  // One that refuses nothing has nothing to say here.
  const all = policies(rules.tenancy.platform).filter(({ validations }) => validations.length > 0);
  const context = { ...rules, declared, all };
  return objects.map((object) => checkObject(object, context));
}

interface Context extends Rules {
  readonly declared: ReadonlyMap<string, KnownNamespace>;
  readonly all: readonly Policy[];
}

function checkObject(object: JsonObject, context: Context): Checked {
  const { all, declared } = context;
  const metadata = objectIn(object, 'metadata');
  const name = textIn(metadata, 'name') || textIn(metadata, 'generateName');
  const head = { kind: textIn(object, 'kind'), name };
  const request = creation(object);
  if (isNamespace(object))
    return { ...head, isJudged: true, findings: denials(all, request, 'deny', { object, pods: [] }) };
  const pods = podsIn(object);
  if (pods.length === 0 && !all.some(({ resources }) => isMatched(resources, request)))
    return { ...head, isJudged: false, findings: [] };
  const within = textIn(metadata, 'namespace') || context.namespace;
  const namespace = declared.get(within) ?? bareNamespace(within);
  const placed = { ...object, metadata: { ...metadata, namespace: within } };
  return { ...head, namespace, isJudged: true, findings: inNamespace(placed, namespace, context) };
}

function inNamespace(
  object: JsonObject,
  namespace: KnownNamespace,
  { tenancy, all, inject }: Context,
): readonly Finding[] {
  const enforcement = bindingFor(tenancy.platform, namespace.object);
  const pods = podsIn(object);
  const request = creation(object, namespace.object);
  // A pod is judged as the injector makes it.
  const isPod = pods.some(({ spec }) => spec.length === 1);
  const own = isPod ? [] : denials(all, request, enforcement, { object, pods });
  const ofPods = pods.flatMap((place) => {
    const scene = { object, place, namespace, enforcement, injected: inject(place.pod, namespace.name) };
    const others = all.filter(({ resources }) => isPod || !isMatched(resources, request));
    const found = podFindings(scene, scene.injected.outcome === 'injected' ? all : others);
    return isPod ? found : found.map(stranded);
  });
  return distinct([...own, ...ofPods]);
}

interface Scene {
  readonly object: JsonObject;
  readonly place: PodPlace;
  readonly namespace: KnownNamespace;
  readonly enforcement: Enforcement;
  readonly injected: Injected;
}

/** What would become of a pod: what the injector says comes first, then the policies, then the quota, and last the store. */
function podFindings(
  { object, place, namespace, enforcement, injected }: Scene,
  all: readonly Policy[],
): readonly Finding[] {
  const { tenant } = namespace;
  const judged = injected.outcome === 'injected' ? injected.pod : place.pod;
  // What the injector refuses is never seen by the policy that looks whether it was there.
  const seen = injected.outcome === 'denied' ? all.filter(({ name }) => name !== 'sidekey-injected') : all;
  return [
    ...injectorFindings(injected, place),
    ...denials(seen, creation(judged, namespace.object), enforcement, { object, pods: [place] }),
    ...(tenant === undefined ? [] : excessFindings(object, place, tenant.accelerators)),
    ...(tenant === undefined || injected.outcome !== 'injected'
      ? []
      : loginFindings(injected.injection, object, place, tenant)),
  ];
}

/** A workload whose pods are refused is taken itself, and makes them in vain. */
const stranded = (finding: Finding): Finding =>
  finding.effect === 'denied' ? { ...finding, effect: 'stuck' } : finding;

/** What is said of an object is not said once more of its pods. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ subject, path, message }) => {
    const key = JSON.stringify([subject, path, message]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
