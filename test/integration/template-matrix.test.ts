import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FUNCTION_FAMILIES } from '#contract/template/functions.ts';
import { type Comparison, compareCalls } from '../golden/templates/both-engines.ts';
import { furnishCorpus } from '../golden/templates/furnish.ts';
import { MATRIX, MATRIX_DATA } from '../golden/templates/matrix.ts';
import { type OpenBaoServer, startOpenBao } from '../servers/openbao.ts';

let server: OpenBaoServer;
let comparisons: readonly Comparison[];

beforeAll(async () => {
  server = await startOpenBao();
  await furnishCorpus(server);
  comparisons = await compareCalls(
    server,
    MATRIX_DATA,
    MATRIX.map(({ call }) => call),
  );
});

afterAll(() => server.stop());

describe('the real agent and ours make the same of every function on every kind of operand', () => {
  test.each(Object.entries(FUNCTION_FAMILIES))('%s', (_family, names: readonly string[]) => {
    const differing = MATRIX.flatMap(({ name, call }, index) => {
      const { ours, theirs } = comparisons[index] ?? {};
      return names.includes(name) && ours !== theirs ? [{ call, ours, theirs }] : [];
    });
    expect(differing).toEqual([]);
  });

  test('there are thousands of them, rendered and refused', () => {
    const rendered = comparisons.filter(({ ours }) => ours !== undefined).length;
    expect(rendered).toBeGreaterThan(3000);
    expect(comparisons.length - rendered).toBeGreaterThan(3000);
  });
});
