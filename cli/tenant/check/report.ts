import { objectIn, textIn } from '#contract/json.ts';
import { type Checked, checkObjects } from '../../../governance/check/check.ts';
import type { Effect, Finding } from '../../../governance/check/finding.ts';
import type { Tenancy } from '../../../governance/tenant/platform.ts';
import type { FoundInput } from '../../files.ts';
import { templateHint } from '../../manifest/chart-template.ts';
import { type Fault, type Manifest, readManifests } from '../../manifest/manifest.ts';
import type { Place } from '../../../governance/place.ts';
import { injectorOf } from './injector.ts';

/** Everything there is to say of some manifests. */
export interface CheckReport {
  readonly objects: readonly ObjectReport[];
  /** What is said of a file as a whole. */
  readonly faults: readonly Placed[];
  /** How many objects are in namespaces that nobody declares. */
  readonly undeclared: ReadonlyMap<string, number>;
  /** How many objects name no namespace, where it was not said which one is meant. */
  readonly homeless: number;
}

/** What there is to say of one object. */
export interface ObjectReport extends Pick<Checked, 'kind' | 'name' | 'isJudged'> {
  readonly place: Place;
  /** Absent for what is in none, and for what is not judged. */
  readonly namespace?: string;
  /** True if it names no namespace, and has to be in one. */
  readonly isHomeless: boolean;
  /** The worst that was found; absent if nothing was. */
  readonly effect?: Effect;
  readonly findings: readonly Placed[];
}

/** A finding, and where its field stands. */
export interface Placed extends Finding {
  readonly place: Place;
}

/** Where kubectl puts what names no namespace, unless its context says otherwise. */
const DEFAULT_NAMESPACE = 'default';

/** Checks everything in the inputs that is a Kubernetes object. */
export function checkInputs(
  inputs: readonly FoundInput[],
  tenancy: Tenancy,
  namespace: string | undefined,
): CheckReport {
  const read = inputs
    .filter(mayHoldObjects)
    .map((input) => ({ input, ...readManifests(input.file, input.text) }));
  const manifests = read.flatMap((one) => one.manifests).filter(isKubernetes);
  const checked = checkObjects(
    manifests.map(({ value }) => value),
    { tenancy, inject: injectorOf(tenancy.platform), namespace: namespace ?? DEFAULT_NAMESPACE },
  );
  const objects = manifests.flatMap((manifest, at) => {
    const one = checked[at];
    return one === undefined ? [] : [reportOn(manifest, one)];
  });
  return {
    objects,
    faults: read.flatMap(({ input, faults }) => faults.map((fault) => foundIn(input, fault))),
    undeclared: countUndeclared(checked, tenancy),
    homeless: namespace === undefined ? objects.filter(({ isHomeless }) => isHomeless).length : 0,
  };
}

/** A repository holds much else in YAML and JSON; of what was not named, only what has a kind can be meant. */
const mayHoldObjects = ({ text, wasNamed }: FoundInput): boolean =>
  wasNamed || /^[\s{,-]*["']?kind["']?\s*:/mu.test(text);

const isKubernetes = ({ value }: Manifest): boolean =>
  textIn(value, 'kind') !== '' && textIn(value, 'apiVersion') !== '';

function foundIn({ text }: FoundInput, fault: Fault): Placed {
  const { kind, place, subject, message } = fault;
  if (kind === 'repeated') return { effect: 'note', path: [], place, subject, message };
  const hint = templateHint(text, message, 'sidekey tenant check -f … -');
  return { effect: 'denied', path: [], place, subject, message: `${message}${hint}` };
}

function reportOn(manifest: Manifest, { kind, name, isJudged, namespace, findings }: Checked): ObjectReport {
  const placed = findings.map((finding) => ({ ...finding, place: manifest.at(finding.path) }));
  const effect = EFFECTS.find((one) => findings.some((finding) => finding.effect === one));
  return {
    place: manifest.place,
    kind,
    name,
    isJudged,
    isHomeless: namespace !== undefined && textIn(objectIn(manifest.value, 'metadata'), 'namespace') === '',
    findings: placed,
    ...(namespace === undefined ? {} : { namespace: namespace.name }),
    ...(effect === undefined ? {} : { effect }),
  };
}

/** The worst first. */
const EFFECTS: readonly Effect[] = ['denied', 'stuck', 'note'];

/** Of a namespace that no policy is held in, nothing has to be known. */
function countUndeclared(
  checked: readonly Checked[],
  { platform: { exemptNamespaces } }: Tenancy,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { namespace } of checked) {
    if (namespace === undefined || namespace.isDeclared || exemptNamespaces.includes(namespace.name))
      continue;
    counts.set(namespace.name, (counts.get(namespace.name) ?? 0) + 1);
  }
  return counts;
}

/** True if nothing stands in the way of anything. */
export const isSound = ({ objects, faults }: CheckReport): boolean =>
  [...faults, ...objects.flatMap(({ findings }) => findings)].every(({ effect }) => effect === 'note');
