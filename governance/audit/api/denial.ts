import {
  annotationsIn,
  isArray,
  isObject,
  type Json,
  type JsonObject,
  listIn,
  objectIn,
  textIn,
} from '#contract/json.ts';
import { describeLine } from '../line.ts';
import type { RowOf } from '../row.ts';
import type { Scope } from '../scope.ts';
import { shownName, shownNames, shownSentence } from '../shown.ts';
import { type ApiEvent, isDryRun, objectText, userText } from './event.ts';
import { acceleratorsOf } from './lives.ts';

/** One thing that stood in the way of a request. */
interface Refusal {
  readonly kind: string;
  readonly policy?: string;
  readonly binding?: string;
  /** In our words. */
  readonly reason?: string;
  /** In the policy's; to be sifted before it is shown. */
  readonly message?: string;
  /** True for a policy that would have refused it if it did more than audit. */
  readonly onlyAudits?: boolean;
}

const FAILURES = 'validation.policy.admission.k8s.io/validation_failure';

/** Adds what the API server refused, and what it let pass that a policy would have refused if it were to enforce. */
export function addDenials(event: ApiEvent, scope: Scope): void {
  const failures = policyFailures(event);
  const refusals = event.code < 400 ? failures : refusalsOf(event, failures);
  for (const refusal of refusals) {
    const denied = isDryRun(event) ? 'denied, but only tried' : 'denied';
    const isLetPass = event.code < 400 || (refusal.onlyAudits ?? false);
    add(event, refusal, isLetPass ? 'let pass by this policy, which only audits' : denied, scope);
  }
}

function add(event: ApiEvent, refusal: Refusal, outcome: string, scope: Scope): void {
  const { kind, policy = '', binding = '' } = refusal;
  const { username, verb, namespace } = event;
  const object = objectText(event);
  const key = [kind, outcome, username, verb, namespace, object, policy, binding].join(' ');
  scope.denials.add(key, event, () => ({ ...cellsOf(event, refusal, scope), outcome, object }));
}

function cellsOf(event: ApiEvent, refusal: Refusal, { tenantOf, wordsOf }: Scope): RowOf<'denial'> {
  const { annotations, namespace, object, place, verb } = event;
  const { kind, policy, binding, reason, message } = refusal;
  const accelerators = acceleratorsOf(event);
  return {
    kind,
    user: userText(event),
    tenant: tenantOf(namespace),
    namespace: shownName(namespace),
    from: shownNames(isArray(object['sourceIPs']) ? object['sourceIPs'] : []),
    operation: shownName(verb),
    path: shownName(annotations['sidekey-audit-trail/secret-paths']),
    role: shownName(annotations['sidekey-audit-trail/vault-role']),
    policy: shownName(policy),
    binding: shownName(binding),
    reason,
    message: shownSentence(message && wordsOf(policy ?? '', message, namesIn(event))),
    accelerators,
    requestId: shownName(event.id),
    source: describeLine(place),
  };
}

/** What the event itself says outside its bodies' values: names that may stand in a message. */
function* namesIn({ namespace, name, username, requestObject }: ApiEvent): Generator<string> {
  yield* [namespace, name, username];
  yield* Object.keys(annotationsIn(requestObject));
  const spec = objectIn(requestObject, 'spec');
  for (const { name: container } of [...listIn(spec, 'containers'), ...listIn(spec, 'initContainers')])
    if (typeof container === 'string') yield container;
}

/** What policies noted who audit, be it that they denied, too. */
function policyFailures({ annotations }: ApiEvent): readonly Refusal[] {
  const text = textIn(annotations, FAILURES);
  return (text === '' ? [] : parseList(text)).map((failure) => ({
    kind: 'policy',
    policy: textIn(failure, 'policy'),
    binding: textIn(failure, 'binding'),
    message: textIn(failure, 'message'),
    onlyAudits: !listOfTexts(failure['validationActions']).includes('Deny'),
  }));
}

const listOfTexts = (value: Json | undefined): readonly Json[] => (isArray(value) ? value : []);

function parseList(text: string): readonly JsonObject[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter(isObject) : [];
  } catch {
    return [];
  }
}

const BY_POLICY =
  /ValidatingAdmissionPolicy '(?<policy>[^']+)' with binding '(?<binding>[^']+)' denied request: (?<message>.*)/su;

/** What the API server says of its plugins, and what that comes to. */
const ADMISSION: readonly (readonly [RegExp, (name: string, message: string) => Refusal])[] = [
  [/admission webhook "(?<name>[^"]+)" denied the request/u, refusedBy],
  [
    /failed calling webhook "(?<name>[^"]+)"/u,
    (name) => ({ ...webhookNamed(name), reason: 'the webhook did not answer' }),
  ],
  [/(?<name>exceeded|failed) quota:/u, () => ({ kind: 'quota', reason: 'it is more than a quota allows' })],
  [
    /violates PodSecurity "(?<name>[a-z]+):/u,
    (name) => ({ kind: 'pod security', reason: `it is not ${name}` }),
  ],
];

function refusalsOf(event: ApiEvent, failures: readonly Refusal[]): readonly Refusal[] {
  const { annotations, code, message } = event;
  if (annotations['authorization.k8s.io/decision'] === 'forbid')
    return [{ kind: 'access', reason: 'no role of the user allows it' }];
  const named = BY_POLICY.exec(message)?.groups;
  const isNoted = failures.some(({ policy }) => policy === named?.['policy']);
  if (named !== undefined) return isNoted ? failures : [{ kind: 'policy', ...named }, ...failures];
  return (
    byAdmission(message) ??
    (code === 403 ? [{ kind: 'admission', reason: 'an admission plugin refused it' }] : [])
  );
}

function byAdmission(message: string): readonly Refusal[] | undefined {
  for (const [words, refuse] of ADMISSION) {
    const groups = words.exec(message)?.groups;
    if (groups !== undefined) return [refuse(groups['name'] ?? '', message)];
  }
  return undefined;
}

/** Kyverno's webhook names the policy that was in the way. */
function refusedBy(webhook: string, message: string): Refusal {
  const named = /\bPolicy (?<policy>[a-z\d.-]{1,253}) failed: (?<message>.*)/su.exec(message)?.groups;
  if (named !== undefined) return { kind: 'policy', binding: webhook, ...named };
  return { ...webhookNamed(webhook), reason: 'the webhook refused it' };
}

/** Both of the injector's webhooks are called after its domain. */
const webhookNamed = (name: string): Refusal => ({
  kind: /^(?:00|zz)\.sidekey\.dev$/u.test(name) ? 'injector' : 'webhook',
  policy: name,
});
