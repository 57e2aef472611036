import { describe, expect, test } from 'vitest';
import { checkJson } from '../../../../cli/tenant/check/json.ts';
import { checkInputs, type CheckReport, isSound } from '../../../../cli/tenant/check/report.ts';
import { checkText } from '../../../../cli/tenant/check/text.ts';
import { readTenancy } from '../../../../cli/tenant/read.ts';
import { COLOURED, PLAIN } from '../../../../cli/text/paint.ts';
import { CANARY, type CheckCase, checkCases } from '../../../golden/tenant-check-cases.ts';

function checked({ tenants, manifests }: Pick<CheckCase, 'tenants' | 'manifests'>): CheckReport {
  const tenancy = readTenancy([{ file: 'tenants.yaml', text: tenants }]);
  if (!tenancy.ok) throw new Error(tenancy.problems.map(({ message }) => message).join('\n'));
  return checkInputs([{ file: 'manifests.yaml', text: manifests, wasNamed: true }], tenancy.value, undefined);
}

const reports = checkCases.map((one) => ({ ...one, report: checked(one) }));

describe.each(reports)('$name', ({ report, expected }) => {
  test('is told as it stands in expected.txt', () => {
    expect(checkText(report, PLAIN)).toBe(expected);
  });

  test('is told with colours, too, and for machines', () => {
    // oxlint-disable-next-line no-control-regex -- They are the colours.
    expect(checkText(report, COLOURED).replaceAll(/\u001B\[\d+m/gu, '')).toBe(expected);
    const { version, objects } = JSON.parse(checkJson(report)) as { version: number; objects: unknown[] };
    expect({ version, count: objects.length }).toEqual({ version: 1, count: report.objects.length });
  });

  test('no credential is shown', () => {
    expect(checkText(report, COLOURED) + checkJson(report)).not.toContain(CANARY);
  });
});

test('what is in order is told from what is not', () => {
  const sound = reports.filter(({ report }) => isSound(report)).map(({ name }) => name);
  expect(sound).toEqual(['everything-right', 'no-manifests', 'only-audited']);
});

test('there are credentials in some of the manifests', () => {
  expect(checkCases.filter(({ manifests }) => manifests.includes(CANARY))).toHaveLength(1);
});

test('for machines a finding says which field, and where', () => {
  const [{ report } = { report: undefined }] = reports.filter(({ name }) => name === 'more-than-the-quota');
  const { objects } = JSON.parse(checkJson(report as CheckReport)) as { objects: readonly object[] };
  expect(objects[0]).toMatchObject({
    kind: 'Deployment',
    namespace: 'team-a',
    judged: true,
    effect: 'stuck',
    findings: [
      {
        effect: 'stuck',
        file: 'manifests.yaml',
        line: 16,
        column: 13,
        field: 'spec.template.spec.containers[0].resources.limits[nvidia.com/mig-3g.40gb]',
        subject: 'quota',
      },
    ],
  });
});
