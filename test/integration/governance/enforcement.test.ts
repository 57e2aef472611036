import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textIn } from '#contract/json.ts';
import { bindingFor } from '../../../governance/cel/binding.ts';
import { policies } from '../../../governance/policy/policies.ts';
import { CASES } from '../../governance/cases/all.ts';
import type { Case } from '../../governance/cases/case.ts';
import { SETTINGS } from '../../governance/cases/namespaces.ts';
import { ApiServer } from '../../governance/engines/api-server.ts';
import type { Answer } from '../../governance/engines/api.ts';
import { putInForce } from '../../governance/engines/policies-in-force.ts';
import { apart, namespaceObjectOf } from '../../governance/engines/request.ts';
import { TYPESCRIPT } from '../../governance/engines/typescript.ts';

const POLICIES = policies(SETTINGS);
const PATIENCE_MS = 300_000;

let server: ApiServer;
const answers = new Map<Case, Answer>();

/** Changes would need what there was before, which the policies now keep from being made. */
const CREATED = apart(CASES).filter(
  ({ operation, serverRefuses }) => operation === 'CREATE' && serverRefuses === undefined,
);

const within = (enforcement: string): readonly Case[] =>
  CREATED.filter((one) => {
    const namespace = namespaceObjectOf(one);
    return namespace !== undefined && bindingFor(SETTINGS, namespace) === enforcement;
  });

beforeAll(async () => {
  server = await ApiServer.start();
  await putInForce(server.api, POLICIES, 'deny');
  for (const one of CREATED) answers.set(one, await server.ask(one));
}, PATIENCE_MS);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const answerTo = (one: Case): Answer => {
  const answer = answers.get(one);
  if (answer === undefined) throw new Error(`Nobody asked: ${one.name}`);
  return answer;
};

const denied = CREATED.filter(({ denies }) => denies.length > 0);

describe('the policies as they are rendered', () => {
  test('refuse what they deny with 403, and say which policy it was and why', () => {
    expect(denied.length).toBeGreaterThan(200);
    for (const one of denied) {
      const { status, object } = answerTo(one);
      expect(status, one.name).toBe(403);
      expect(textIn(object, 'message'), one.name).toContain('ValidatingAdmissionPolicy');
      const said = one.denies.filter(({ policy }) => textIn(object, 'message').includes(`'${policy}'`));
      expect(said, one.name).not.toEqual([]);
    }
  });

  test('say it in the words that the offline check has', async () => {
    const offline = await TYPESCRIPT.judgeAll(POLICIES, denied);
    // Names from maps come in any order: the beginning, as far as the first of them, is enough.
    const differing = denied.filter((one) => {
      const message = textIn(answerTo(one).object, 'message');
      const [, policy = '', said = ''] =
        /'(sidekey-[^']+)' with .* denied request: (.*)$/su.exec(message) ?? [];
      const expected = offline.get(one.name)?.get(policy)?.message ?? '';
      return said.slice(0, 20) !== expected.slice(0, 20);
    });
    expect(differing.map(({ name }) => name)).toEqual([]);
  });

  test('let everything else pass', () => {
    for (const one of CREATED.filter(({ denies }) => denies.length === 0)) {
      expect(answerTo(one).status, one.name).toBe(201);
    }
  });

  test('tell and refuse nothing in a namespace that is only audited', () => {
    const audited = within('audit');
    const told = audited.filter((one) => answerTo(one).warnings.some((said) => said.includes('-audit')));
    expect(told.length).toBeGreaterThan(3);
    expect(audited.map((one) => answerTo(one).status)).toEqual(audited.map(() => 201));
  });

  test('do not as much as warn in an exempt namespace', () => {
    const exempt = within('exempt');
    expect(exempt.length).toBeGreaterThan(3);
    const warned = exempt.filter((one) => answerTo(one).warnings.some((said) => said.includes('sidekey-')));
    expect(warned).toEqual([]);
  });
});
