import { describe, expect, it, test } from 'vitest';
import { isArray, isObject, type Json, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { policies } from '../../governance/policy/policies.ts';
import { review } from '../../injector/admission/handler.ts';
import { injected, requestFor, SETTINGS as INJECTOR } from '../injector/admission/example.ts';
import { CASES } from './cases/all.ts';
import { asking, OWN_PATH } from './cases/asking.ts';
import type { Case } from './cases/case.ts';
import { SETTINGS } from './cases/namespaces.ts';
import { WORKLOAD_KINDS } from './cases/objects.ts';
import type { Outcome, Outcomes } from './engines/engine.ts';
import { TYPESCRIPT } from './engines/typescript.ts';

const POLICIES = policies(SETTINGS);
const NAMES = POLICIES.map(({ name }) => name);

/** Which policies give a case a verdict, and what they say. */
const saying =
  (outcomes: Outcomes, verdict: Outcome['verdict']) =>
  ({ name }: Case): readonly { readonly policy: string; readonly message: string }[] =>
    [...(outcomes.get(name) ?? [])].flatMap(([policy, { message = '', ...outcome }]) =>
      outcome.verdict === verdict ? [{ policy, message }] : [],
    );

const OUTCOMES = await TYPESCRIPT.judgeAll(POLICIES, CASES);
const denialsOf = saying(OUTCOMES, 'denied');

/** Notes, and refuses nothing. */
const NEVER_DENIES = 'sidekey-audit-trail';

/** What is to become of the request. */
function titleOf({ name, denies, operation }: Case): string {
  const deniers = denies.map(({ policy }) => policy).join(', ');
  return `${name}: ${operation} is ${denies.length === 0 ? 'allowed' : `denied by ${deniers}`}`;
}

const policiesOf = (denials: readonly { readonly policy: string }[]): readonly string[] =>
  denials.map(({ policy }) => policy).toSorted();

describe.each(CASES.map((one) => [titleOf(one), one] as const))('%s', (_, one) => {
  const denials = denialsOf(one);

  it('so it is', () => {
    expect(policiesOf(denials)).toEqual(policiesOf(one.denies));
  });

  it('says what is wrong in one line', () => {
    for (const { policy, says } of one.denies)
      expect(denials.find((denial) => denial.policy === policy)?.message).toMatch(says);
    for (const { message } of denials) expect(message).toMatch(/^[^\n]{40,}$/u);
  });
});

describe('a pod that is injected', () => {
  /** Pods that ask for nothing, made to ask for what their namespace may have. */
  const injectable = CASES.filter(
    ({ operation, object, serverRefuses }) =>
      operation === 'CREATE' &&
      object['kind'] === 'Pod' &&
      namespaceOf(object) === 'team-a' &&
      serverRefuses === undefined,
  ).flatMap((one) => {
    const asks = annotated(
      one.object,
      asking({ 'vault-role': 'team-a', 'secret.api': `vault:${OWN_PATH}#key` }),
    );
    const { outcome } = review(requestFor(asks), INJECTOR);
    return outcome === 'injected' ? [{ ...one, object: injected(asks) }] : [];
  });

  it('is one of many shapes', () => {
    expect(injectable.length).toBeGreaterThanOrEqual(100);
  });

  it('is judged as without its agent', async () => {
    const denials = saying(await TYPESCRIPT.judgeAll(POLICIES, injectable), 'denied');
    for (const one of injectable)
      expect({ name: one.name, denies: policiesOf(denials(one)) }).toEqual({
        name: one.name,
        denies: policiesOf(one.denies.filter(({ policy }) => policy !== 'sidekey-injected')),
      });
  });
});

test('what is wrong in a namespace that is only audited is told', () => {
  const told = CASES.flatMap(saying(OUTCOMES, 'told')).map(({ policy }) => policy);
  const workloads = NAMES.filter((name) => name !== NEVER_DENIES && name !== 'sidekey-tenancy-guard');
  expect([...new Set(told)].toSorted()).toEqual(workloads.toSorted());
});

describe('the cases', () => {
  test('are many, and each has a name of its own', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(150);
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
  });

  test.each(NAMES.filter((name) => name !== NEVER_DENIES))('show what %s denies', (name) => {
    expect(deniedBy(name).length).toBeGreaterThanOrEqual(5);
  });

  test.each(NAMES)('show what %s allows', (name) => {
    expect(CASES.length - deniedBy(name).length).toBeGreaterThanOrEqual(100);
  });

  test.each(['Pod', ...WORKLOAD_KINDS])('have a %s that is denied and one that is allowed', (kind) => {
    const ofKind = CASES.filter(({ object }) => object['kind'] === kind);
    expect(ofKind.filter(({ denies }) => denies.length > 0)).not.toEqual([]);
    expect(ofKind.filter(({ denies }) => denies.length === 0)).not.toEqual([]);
  });

  test.each(['CREATE', 'UPDATE', 'DELETE'])(
    'have a %s that is denied and one that is allowed',
    (operation) => {
      const ofOperation = CASES.filter((one) => one.operation === operation);
      expect(ofOperation.filter(({ denies }) => denies.length > 0)).not.toEqual([]);
      expect(ofOperation.filter(({ denies }) => denies.length === 0)).not.toEqual([]);
    },
  );

  test('write quantities as integers and as texts', () => {
    const quantities = CASES.flatMap(({ object }) => quantitiesIn(object));
    expect(quantities).toEqual(expect.arrayContaining([0, 1, '0', '1', '1k', '1000m']));
  });

  test('say what there was before where something changes, and only there', () => {
    for (const one of CASES) expect(one.oldObject !== undefined).toBe(one.operation === 'UPDATE');
  });
});

const deniedBy = (name: string): readonly Case[] =>
  CASES.filter(({ denies }) => denies.some(({ policy }) => policy === name));

/** All limits and requests in an object. */
function quantitiesIn(value: Json): readonly Json[] {
  if (isArray(value)) return value.flatMap(quantitiesIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    ['limits', 'requests'].includes(key) && isObject(inner) ? Object.values(inner) : quantitiesIn(inner),
  );
}

const namespaceOf = (object: JsonObject): string => textIn(objectIn(object, 'metadata'), 'namespace');

/** The object with more annotations. */
function annotated(object: JsonObject, more: Readonly<Record<string, string>>): JsonObject {
  const metadata = objectIn(object, 'metadata');
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...objectIn(metadata, 'annotations'), ...more } },
  };
}
