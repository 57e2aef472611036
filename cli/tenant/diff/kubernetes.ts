import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import type { Drift, Outcome } from '../../../governance/diff/drift.ts';
import { compareObjects, nameOf, type ObjectName, pathOf } from '../../../governance/diff/kind.ts';
import { LABELS } from '../../../governance/policy/validating-admission-policy.ts';
import { TENANT_LABEL } from '../../../governance/tenancy.ts';
import { type Found, type Questions, questionsTo } from './cluster-questions.ts';
import { several } from './several.ts';

/** An object that is to be in the cluster, and whose it is; empty for the platform's. */
export interface Declared {
  readonly tenant: string;
  readonly object: JsonObject;
}

/** As many as the client sends at a time: those that have to wait would run out of time. */
const AT_ONCE = 8;

/** Where a cluster is not as it was declared. Only reads. */
export async function compareCluster(
  kubernetes: Kubernetes,
  declared: readonly Declared[],
): Promise<Outcome> {
  const questions = questionsTo(kubernetes);
  const [outside, inside] = [declared.filter(isOutside), declared.filter((one) => !isOutside(one))];
  const first = await compared(questions, outside);
  // What is in a namespace that is not there is not there either, and that need not be said of each.
  const gone = new Set(first.filter(({ found }) => found === 'missing').map(({ name }) => name.name));
  const rest = inside.filter(({ object }) => !gone.has(nameOf(object).namespace));
  const all = [...first, ...(await compared(questions, rest))];
  const extra = await extras(questions, declared);
  return {
    compared: all.filter(({ found }) => found !== 'unknown').length,
    drifts: [...all.flatMap(driftOf), ...extra],
    unanswered: questions.unanswered(),
  };
}

const isOutside = ({ object }: Declared): boolean => nameOf(object).namespace === '';

interface Compared extends Declared {
  readonly name: ObjectName;
  readonly found: Found;
}

const compared = (questions: Questions, declared: readonly Declared[]): Promise<readonly Compared[]> =>
  several(declared, AT_ONCE, async (one) => {
    const name = nameOf(one.object);
    return { ...one, name, found: await questions.get(pathOf(name)) };
  });

function driftOf({ tenant, object, name, found }: Compared): readonly Drift[] {
  const drift = { destination: 'kubernetes', subject: describe(name), tenant, differences: [] } as const;
  if (found === 'unknown') return [];
  if (found === 'missing') return [{ ...drift, kind: 'missing' }];
  const differences = compareObjects(object, found);
  return differences.length === 0 ? [] : [{ ...drift, kind: 'different', differences }];
}

const describe = ({ kind, name, namespace }: ObjectName): string =>
  `${kind} ${name}${namespace === '' ? '' : ` in ${namespace}`}`;

/** A kind of object that may be ours although nobody declares it. */
interface Suspect {
  readonly kind: string;
  readonly path: string;
  readonly labelSelector?: string;
  /** Why one is taken for ours; undefined if it is not. */
  reason(object: JsonObject, declared: ReadonlySet<string>): string | undefined;
}

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const OURS = Object.entries(LABELS)
  .map(([key, value]) => `${key}=${value}`)
  .join(',');

const SUSPECTS: readonly Suspect[] = [
  {
    kind: 'Namespace',
    path: '/api/v1/namespaces',
    labelSelector: TENANT_LABEL,
    reason: (object) => {
      const tenant = textIn(objectIn(objectIn(object, 'metadata'), 'labels'), TENANT_LABEL);
      return `its label ${TENANT_LABEL} says that it is ${tenant}'s, and no tenant declares it`;
    },
  },
  {
    kind: 'ValidatingAdmissionPolicy',
    path: `${ADMISSION}/validatingadmissionpolicies`,
    labelSelector: OURS,
    reason: () => 'its labels say that it is one of these policies, and it is none',
  },
  {
    kind: 'ValidatingAdmissionPolicyBinding',
    path: `${ADMISSION}/validatingadmissionpolicybindings`,
    reason: (object, declared) => {
      const policy = textIn(objectIn(object, 'spec'), 'policyName');
      return declared.has(`ValidatingAdmissionPolicy ${policy}`)
        ? `it binds the policy ${policy} once more, in another way`
        : undefined;
    },
  },
];

async function extras(questions: Questions, declared: readonly Declared[]): Promise<readonly Drift[]> {
  const known = new Set(declared.map(({ object }) => describe(nameOf(object))));
  const found = await several(SUSPECTS, SUSPECTS.length, async ({ kind, path, labelSelector, reason }) => {
    const selected = labelSelector === undefined ? {} : { labelSelector };
    const objects = await questions.list({ path, metadataOnly: false, ...selected });
    return objects.flatMap((object): readonly Drift[] => {
      const subject = `${kind} ${nameOf(object).name}`;
      const why = known.has(subject) ? undefined : reason(object, known);
      if (why === undefined) return [];
      return [
        { destination: 'kubernetes', subject, tenant: '', kind: 'extra', reason: why, differences: [] },
      ];
    });
  });
  return found.flat();
}
