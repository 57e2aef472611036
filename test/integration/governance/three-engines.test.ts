import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { policies } from '../../../governance/policy/policies.ts';
import type { Policy } from '../../../governance/policy/policy.ts';
import { CASES } from '../../governance/cases/all.ts';
import type { Case } from '../../governance/cases/case.ts';
import { SETTINGS } from '../../governance/cases/namespaces.ts';
import {
  differences,
  isDenied,
  type Judged,
  judgeWith,
  surprises,
  table,
  together,
} from '../../governance/engines/agreement.ts';
import { ApiServer } from '../../governance/engines/api-server.ts';
import { KYVERNO_APPLY } from '../../governance/engines/kyverno-cli.ts';
import { KYVERNO } from '../../governance/engines/kyverno.ts';
import { apart } from '../../governance/engines/request.ts';
import { TYPESCRIPT } from '../../governance/engines/typescript.ts';

const POLICIES = policies(SETTINGS);
const NAMES = POLICIES.map(({ name }) => name);
const ALL = apart(CASES);

/** Judging some 700 cases ten times over, on a machine that may do something else as well. */
const PATIENCE_MS = 600_000;

let server: ApiServer;
const judged = new Map<string, Judged>();

const by = (engine: string): Judged => {
  const found = judged.get(engine);
  if (found === undefined) throw new Error(`${engine} has not judged`);
  return found;
};

beforeAll(async () => {
  server = await ApiServer.start();
  for (const engine of [TYPESCRIPT, KYVERNO, server]) {
    judged.set(engine.name, await judgeWith(engine, POLICIES, ALL));
  }
}, PATIENCE_MS);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe.each(['TypeScript', 'Kyverno', 'API server'])('%s', (engine) => {
  test.each(NAMES)('says of %s what was written by hand', (policy) => {
    expect(surprises(by(engine), policy)).toEqual([]);
  });
});

describe.each(['Kyverno', 'API server'])('%s and TypeScript', (engine) => {
  test.each(NAMES)('say the same of %s, in the same words', (policy) => {
    expect(differences(by(engine), by('TypeScript'), policy)).toEqual([]);
  });
});

test('the API server was asked about all that it does not refuse for another reason', async () => {
  const unasked = ALL.filter((one) => !server.canJudge(one));
  expect(by('API server').cases).toHaveLength(ALL.length - unasked.length);
  expect(unasked.length).toBeLessThan(ALL.length / 20);
  for (const one of unasked) {
    expect((await server.ask(one)).status, one.name).toBeOneOf([400, 403, 404, 422]);
  }
});

/** The command compiles every policy anew for every object, so it is given a few that are denied and a few that are not. */
const A_FEW = 12;

function some(policy: Policy): readonly Case[] {
  const asked = ALL.filter((one) => KYVERNO_APPLY.canJudge(one));
  return [true, false].flatMap((denied) => {
    const alike = asked.filter((one) => isDenied(one, policy.name) === denied);
    const step = Math.ceil(alike.length / A_FEW);
    return alike.filter((_, index) => index % step === 0);
  });
}

describe('kyverno apply', () => {
  const parts: Judged[] = [];

  test.each(POLICIES.map((policy) => [policy.name, policy] as const))(
    'says of %s what Kyverno says to a webhook',
    async (name, policy) => {
      const part = await judgeWith(KYVERNO_APPLY, [policy], some(policy));
      parts.push(part);
      expect(surprises(part, name)).toEqual([]);
      expect(differences(part, by('Kyverno'), name)).toEqual([]);
    },
    PATIENCE_MS,
  );

  test('takes the new object for the old one, so that no change can be put to it', async () => {
    const guard = POLICIES.filter(({ name }) => name === 'sidekey-tenancy-guard');
    const changes = ALL.filter((one) => one.operation === 'UPDATE' && isDenied(one, 'sidekey-tenancy-guard'));
    const outcomes = await KYVERNO_APPLY.judgeAll(guard, changes.slice(0, 1));
    expect([...outcomes.values()].flatMap((of) => [...of.values()])).toEqual([{ verdict: 'allowed' }]);
  });

  test('a table of it all', async ({ annotate }) => {
    const applied = together(KYVERNO_APPLY, parts);
    await annotate(`\n${table(POLICIES, ALL, [...judged.values(), applied])}\n${unaskable()}`);
    expect(applied.cases.length).toBeGreaterThan(10 * A_FEW);
  });
});

/** What only Kyverno's engine was asked, by name. */
function unaskable(): string {
  const names = ALL.filter((one) => !KYVERNO_APPLY.canJudge(one)).map(({ name }) => `  ${name}`);
  return [
    `"kyverno apply" cannot be given ${names.length} of them, changes and subresources:`,
    ...names,
  ].join('\n');
}
