import { annotationsIn, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { hashInForce, POLICY_HASH_KEY } from '../../policy/hash.ts';
import type { Emit, RowOf } from '../row.ts';
import { shownName, shownNames } from '../shown.ts';
import { compareTexts, selectorText } from './canonical.ts';
import { textsIn } from './document.ts';
import type { Results } from './policy-reports.ts';
import { BINDING_KIND, nameOf, POLICY_KIND, reachOf, type Release } from './release.ts';

type PolicyRow = RowOf<'policy'>;

/** What is held against what. */
export interface InForce {
  readonly objects: readonly JsonObject[];
  readonly release: Release;
  readonly results: ReadonlyMap<string, Results>;
}

/** Says which policies the cluster has, where they hold, and whether they are this release's. */
export function emitPolicies(inForce: InForce, emit: Emit): void {
  const rows = [...inForce.objects.flatMap((object) => rowsOf(object, inForce)), ...absentRows(inForce)];
  for (const row of rows.toSorted((one, other) => compareTexts(String(one.name), String(other.name))))
    emit('policy', row);
}

function rowsOf(object: JsonObject, inForce: InForce): readonly PolicyRow[] {
  switch (object['kind']) {
    case POLICY_KIND:
      return boundRows(object, inForce);
    case 'ValidatingPolicy':
      return [kyvernoRow(object, inForce)];
    case 'PolicyException':
      return [exceptionRow(object)];
    case 'MutatingWebhookConfiguration':
    case 'ValidatingWebhookConfiguration':
      return webhookRows(object);
    default:
      return [];
  }
}

/** A row for each binding, for those say where a policy holds. */
function boundRows(policy: JsonObject, { objects, release, results }: InForce): readonly PolicyRow[] {
  const name = nameOf(policy);
  const cells = policyCells(policy, { release, results });
  const bindings = objects.filter(
    (one) => one['kind'] === BINDING_KIND && textIn(objectIn(one, 'spec'), 'policyName') === name,
  );
  const expected = release
    .bindingsOf(name)
    .filter((one) => !bindings.some((binding) => nameOf(binding) === one));
  return [
    ...bindings.map((binding) => ({ ...cells, ...bindingCells(binding, cells.state, release) })),
    ...expected.map((binding) => ({ ...cells, binding, state: 'not in force: the binding is missing' })),
    ...(bindings.length + expected.length === 0
      ? [{ ...cells, state: 'not in force: it has no binding' }]
      : []),
  ];
}

function bindingCells(binding: JsonObject, state: PolicyRow['state'], release: Release): PolicyRow {
  const spec = objectIn(binding, 'spec');
  const isReleased = state !== AS_RELEASED || release.hasBinding(binding);
  return {
    binding: shownName(nameOf(binding)),
    action: shownNames(textsIn(spec, 'validationActions')),
    scope: shownName(selectorText(objectIn(objectIn(spec, 'matchResources'), 'namespaceSelector'))),
    state: isReleased ? state : 'changed: the binding is not the one of this release',
  };
}

const AS_RELEASED = 'as released';

function policyCells(policy: JsonObject, { release, results }: Omit<InForce, 'objects'>): PolicyRow {
  const hash = hashInForce(policy);
  const released = release.policy(textIn(policy, 'kind'), nameOf(policy));
  const result = results.get(nameOf(policy));
  return {
    name: shownName(nameOf(policy)),
    kind: shownName(policy['kind']),
    state: stateOf(policy, hash, released),
    hash,
    releaseHash: released?.hashes.find((one) => one === hash) ?? released?.hashes[0],
    declaredHash: shownName(annotationsIn(policy)[POLICY_HASH_KEY]),
    failurePolicy: shownName(objectIn(policy, 'spec')['failurePolicy']),
    pass: result?.pass,
    fail: result?.fail,
  };
}

function stateOf(policy: JsonObject, hash: string, released: ReturnType<Release['policy']>): string {
  if (released === undefined) return 'not of this release';
  if (!released.hashes.includes(hash)) return 'changed: its expressions are not those of this release';
  return released.reaches.includes(reachOf(policy))
    ? AS_RELEASED
    : 'changed: it does not look at the same objects as in this release';
}

/** Kyverno's policies say themselves where they hold. */
function kyvernoRow(policy: JsonObject, inForce: InForce): PolicyRow {
  const spec = objectIn(policy, 'spec');
  return {
    ...policyCells(policy, inForce),
    action: shownNames(textsIn(spec, 'validationActions')),
    scope: shownName(selectorText(objectIn(objectIn(spec, 'matchConstraints'), 'namespaceSelector'))),
  };
}

/** Both kinds of exceptions that Kyverno has had. */
function exceptionRow(exception: JsonObject): PolicyRow {
  const spec = objectIn(exception, 'spec');
  const policies = [
    ...listIn(spec, 'policyRefs').map(({ name }) => name),
    ...listIn(spec, 'exceptions').map(({ policyName }) => policyName),
  ];
  const namespace = textIn(objectIn(exception, 'metadata'), 'namespace');
  return {
    name: shownName(`${namespace}/${nameOf(exception)}`),
    kind: 'PolicyException',
    state: 'an exception',
    action: `exempts from ${shownNames(policies) ?? 'nothing'}`,
    scope: `until ${shownName(spec['expiresAt']) ?? 'it is deleted'}`,
  };
}

const webhookRows = (configuration: JsonObject): readonly PolicyRow[] =>
  listIn(configuration, 'webhooks').map((webhook) => ({
    name: shownName(nameOf(configuration)),
    kind: shownName(configuration['kind']),
    state: webhook['failurePolicy'] === 'Fail' ? 'found' : 'found: what it does not see is let pass',
    binding: shownName(webhook['name']),
    scope: shownName(selectorText(objectIn(webhook, 'namespaceSelector'))),
    failurePolicy: shownName(webhook['failurePolicy']),
  }));

/** What this release has and the cluster has not, neither as the API server's own policy nor as Kyverno's. */
function absentRows({ objects, release }: InForce): readonly PolicyRow[] {
  const kinds = new Set([POLICY_KIND, 'ValidatingPolicy']);
  const present = new Set(objects.filter((object) => kinds.has(textIn(object, 'kind'))).map(nameOf));
  return release.names
    .filter((name) => !present.has(name))
    .map((name) => ({
      name,
      kind: POLICY_KIND,
      state: 'missing',
      releaseHash: release.policy(POLICY_KIND, name)?.hashes[0],
    }));
}
