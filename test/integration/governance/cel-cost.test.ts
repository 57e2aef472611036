import { beforeAll, describe, expect, test } from 'vitest';
import { isArray, isObject, type Json, type JsonObject } from '#contract/json.ts';
import { isMatched } from '../../../governance/cel/admission.ts';
import { policies } from '../../../governance/policy/policies.ts';
import type { Policy } from '../../../governance/policy/policy.ts';
import { validatingAdmissionPolicy } from '../../../governance/policy/validating-admission-policy.ts';
import { CASES } from '../../governance/cases/all.ts';
import type { Case } from '../../governance/cases/case.ts';
import { NAMESPACES, SETTINGS } from '../../governance/cases/namespaces.ts';
import { container, creates, pod } from '../../governance/cases/objects.ts';
import { admissionRequestOf, inputOf } from '../../governance/engines/request.ts';
import { askCel, type CelAnswer, type CelCost } from '../../servers/cel.ts';

const POLICIES = policies(SETTINGS);

/** The oldest API server that the policies are for. */
const OLDEST = '1.30';

const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const byKey = (entries: readonly (readonly [string, string])[]): Record<string, string> =>
  Object.fromEntries(entries);

const asking = (annotations: Readonly<Record<string, string>>): JsonObject =>
  pod({
    annotations: {
      'vault.hashicorp.com/agent-inject': 'true',
      'vault.hashicorp.com/role': 'team-a',
      ...annotations,
    },
  });

const CALL = '{{ with secret "secret/data/team-a/x" }}{{ .Data.data.password }}{{ end }}\n';
/** The most that fits into an agent's configuration. */
const LARGEST_TEMPLATE = 96 * 1024;

/** About as much of one thing as the API server takes. */
const EXTREMES: readonly Case[] = [
  creates(
    'a hundred containers with ten accelerators each',
    pod({
      beside: many(100, (index) =>
        container(`c${index}`, {
          resources: { limits: byKey(many(10, (profile) => [`nvidia.com/mig-1g.${profile}gb`, '1'])) },
        }),
      ),
    }),
  ),
  creates(
    'four thousand variables',
    pod({ env: many(4000, (index) => ({ name: `V${index}`, value: 'what a variable may say' })) }),
  ),
  creates(
    'three hundred directories of the node',
    pod({
      spec: {
        volumes: many(300, (index) => ({ name: `v${index}`, hostPath: { path: `/srv/${index}/weights` } })),
      },
    }),
  ),
  creates(
    'two thousand secrets',
    asking(
      byKey(
        many(2000, (index) => [
          `vault.hashicorp.com/agent-inject-secret-f${index}`,
          `secret/data/team-a/${index}`,
        ]),
      ),
    ),
  ),
  creates(
    'a template of 96 KiB',
    asking({
      'vault.hashicorp.com/agent-inject-template-x': CALL.repeat(Math.floor(LARGEST_TEMPLATE / CALL.length)),
    }),
  ),
  creates('a mebibyte of arguments', pod({ container: { args: many(1000, () => 'a'.repeat(1000)) } })),
  creates('a ConfigMap of a thousand keys', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'large', namespace: 'team-a' },
    data: byKey(many(1000, (index) => [`key-${index}`, 'lorem ipsum sk-learn '.repeat(45)])),
  }),
];

/** As the API server hands amounts on: as texts. */
function storedAmounts(value: Json, isAmount = false): Json {
  if (isArray(value)) return value.map((element) => storedAmounts(element));
  if (!isObject(value)) return isAmount && typeof value === 'number' ? String(value) : value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      storedAmounts(inner, isAmount || ['limits', 'requests'].includes(key)),
    ]),
  );
}

const rendered = (policy: Policy): readonly JsonObject[] =>
  validatingAdmissionPolicy(policy, SETTINGS).filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');

async function costsOf(policy: Policy): Promise<CelAnswer> {
  const asked = [...CASES, ...EXTREMES].filter((one) => isMatched(policy.resources, inputOf(one)));
  const requests = asked.map((one) => storedAmounts(admissionRequestOf(one, one.name))).filter(isObject);
  return await askCel({ policies: rendered(policy), namespaces: NAMESPACES, requests });
}

interface Figures {
  readonly name: string;
  readonly median: number;
  readonly most: number;
  readonly mostFor: string;
  readonly conditions: number;
  readonly annotations: number;
}

/** What comes out of one budget. */
const spent = ({ validations, messages }: CelCost): number => validations + messages;

function figuresOf({ name }: Policy, { costs }: CelAnswer): Figures {
  const dearestFirst = costs.toSorted((a, b) => spent(b) + b.annotations - spent(a) - a.annotations);
  const totals = costs.map(spent).toSorted((a, b) => a - b);
  return {
    name,
    median: totals[Math.floor(totals.length / 2)] ?? 0,
    most: Math.max(...totals),
    mostFor: dearestFirst[0]?.uid ?? '',
    conditions: Math.max(...costs.map(({ conditions }) => conditions)),
    annotations: Math.max(...costs.map(({ annotations }) => annotations)),
  };
}

const line = (cells: readonly (string | number)[]): string =>
  cells.map((cell, index) => (index === 0 ? `${cell}`.padEnd(30) : `${cell}`.padStart(12))).join('');

let limits: CelAnswer['limits'];
const figures: Figures[] = [];

beforeAll(async () => {
  for (const policy of POLICIES) {
    const answer = await costsOf(policy);
    ({ limits } = answer);
    figures.push(figuresOf(policy, answer));
  }
});

describe('what policies cost', () => {
  test.each(POLICIES.map(({ name }) => name))('%s stays below what the API server lets it', (name) => {
    const of = figures.find((one) => one.name === name);
    expect(of?.most).toBeLessThan(limits.policy);
    expect(of?.annotations).toBeLessThan(limits.policy);
    expect(of?.conditions).toBeLessThan(limits.conditions);
  });

  test('in figures', async ({ annotate }) => {
    const rows = figures.map((of) => [
      of.name,
      of.median,
      of.most,
      of.conditions,
      of.annotations,
      `  ${of.mostFor}`,
    ]);
    const heading = ['policy', 'median', 'most', 'conditions', 'notes', '  most for'];
    const allowed = ['the API server allows', '', limits.policy, limits.conditions, limits.policy];
    await annotate(['', ...[heading, ...rows, allowed].map(line)].join('\n'));
    expect(figures).toHaveLength(POLICIES.length);
  });
});

test(`every expression is one for the API server of ${OLDEST}`, async () => {
  const { problems } = await askCel({ policies: POLICIES.flatMap(rendered), oldest: OLDEST });
  expect(problems).toEqual([]);
});

test('an expression that an older API server does not know is found', async () => {
  const spec = { validations: [{ expression: '[2, 1].sort() == [1, 2]' }] };
  const { problems } = await askCel({ policies: [{ metadata: { name: 'new' }, spec }], oldest: OLDEST });
  expect(problems).toMatchObject([{ policy: 'new', error: expect.stringContaining('sort') as string }]);
});
