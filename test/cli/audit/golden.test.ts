import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { audit } from './captured.ts';

/** Recorded of OpenBao 2.7.2 and Kubernetes 1.36.3, by the story of `test/integration/governance/audit.test.ts`. */
const GOLDEN = 'test/golden/audit';

const INPUTS = [
  'report',
  '--store-log',
  `${GOLDEN}/store.log`,
  '--api-log',
  `${GOLDEN}/api.log`,
  '-f',
  'test/golden/tenants/scenario/tenants.yaml',
];

const expected = (name: string): string => readFileSync(`${GOLDEN}/${name}`, 'utf8');

describe('the report of recorded logs', () => {
  test.each([
    ['markdown', 'expected.md'],
    ['jsonl', 'expected.jsonl'],
    ['csv', 'expected.csv'],
  ])('as %s', async (output, file) => {
    expect(await audit(...INPUTS, '-o', output)).toEqual({ code: 0, stdout: expected(file), stderr: '' });
  });

  test('says for people what it says as evidence', async () => {
    const rows = expected('expected.jsonl').trimEnd().split('\n');
    const count = (section: string): number =>
      rows.filter((row) => row.startsWith(`{"section":"${section}"`)).length;
    expect(expected('expected.md')).toContain(`| Deliveries | ${count('delivery')} |`);
    expect(expected('expected.md')).toContain(`| Denials | ${count('denial')} |`);
    expect(expected('expected.csv').trimEnd().split('\r\n')).toHaveLength(rows.length + 1);
  });
});
