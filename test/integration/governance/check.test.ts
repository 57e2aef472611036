import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkInputs, type CheckReport } from '../../../cli/tenant/check/report.ts';
import { renderPolicies } from '../../../governance/policy/render.ts';
import { yamlDocuments } from '../../../governance/yaml.ts';
import { checkCases } from '../../golden/tenant-check-cases.ts';
import { policiesInForce } from '../../servers/policies-in-force.ts';
import { sidekey } from '../../servers/sidekey.ts';
import { declaredBy } from './rendered.ts';
import { startStage, type Stage } from './stage.ts';

/** Cases whose objects every API server knows, and which need no injector to be there. */
const CASES = checkCases.filter(({ name }) =>
  ['a-list', 'another-teams-things', 'credentials', 'everything-right', 'more-than-the-quota'].includes(name),
);

const TENANCY = declaredBy(CASES[0]?.tenants ?? '');

/** How strict pods are otherwise is not what is looked at here. */
const LAX = {
  ...TENANCY,
  tenants: TENANCY.tenants.map((one) => ({ ...one, podSecurity: 'privileged' as const })),
};

const checked = (text: string): CheckReport =>
  checkInputs([{ file: 'manifests.yaml', text, wasNamed: true }], TENANCY, undefined);

/** The documents of a file, each by itself. */
const documents = CASES.flatMap(({ name, manifests }) =>
  manifests.split(/^---$/mu).map((text, at) => {
    const { objects } = checked(text);
    return { name: `${name} ${at + 1}`, text, denied: objects.filter(({ effect }) => effect === 'denied') };
  }),
);

let stage: Stage;

/** What the API server says; empty if it takes everything. */
const refusalOf = (text: string): Promise<string> =>
  stage.cluster.kubectl(['create', '--dry-run=server', '-f', '-'], text).then(
    () => '',
    (error: unknown) => String(error),
  );

beforeAll(async () => {
  stage = await startStage([LAX]);
  await stage.apply();
  const policies = renderPolicies(TENANCY.platform, { engine: 'vap', action: 'deny' });
  await stage.cluster.kubectl(
    ['apply', '-f', '-'],
    yamlDocuments(policies.flatMap(({ objects }) => objects)),
  );
  await policiesInForce(stage.cluster.kubectl);
});

afterAll(async () => {
  const kinds = 'validatingadmissionpolicies,validatingadmissionpolicybindings';
  await stage.cluster.forget([kinds, '-l', 'app.kubernetes.io/component=policies']);
  await stage[Symbol.asyncDispose]();
});

/** What the API server calls what a finding is about, if it is no policy. */
const SERVER_SAYS = new Map([['quota', 'exceeded quota: sidekey-tenant']]);

describe('a check and the API server are of one mind', () => {
  test.each(documents)('on $name', async ({ text, denied }) => {
    const refusal = await refusalOf(text);
    expect(denied.length > 0, refusal).toBe(refusal !== '');
    // Of several that refuse, it names one.
    const subjects = denied.flatMap(({ findings }) => findings.map(({ subject }) => subject));
    const named = subjects.filter((subject) => refusal.includes(SERVER_SAYS.get(subject) ?? subject));
    expect(named.length > 0, refusal).toBe(denied.length > 0);
  });

  test('on enough of both', () => {
    const refused = documents.filter(({ denied }) => denied.length > 0);
    expect(refused.length).toBeGreaterThan(5);
    expect(documents.length - refused.length).toBeGreaterThan(3);
  });
});

test('the command as it is published says the same', async () => {
  const folder = join(import.meta.dirname, '../../golden/tenant-check/another-teams-things');
  const { code, stdout, stderr } = await sidekey(
    ['tenant', 'check', '-f', 'tenants.yaml', 'manifests.yaml'],
    {
      directory: folder,
    },
  );
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toBe(readFileSync(join(folder, 'expected.txt'), 'utf8'));
});
