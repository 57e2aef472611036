import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Comparison, compare } from '../golden/templates/both-engines.ts';
import { furnishCorpus } from '../golden/templates/furnish.ts';
import { type GeneratedCase, generatedCase } from '../golden/templates/generated.ts';
import { type OpenBaoServer, startOpenBao } from '../servers/openbao.ts';

let server: OpenBaoServer;

beforeAll(async () => {
  server = await startOpenBao();
  await furnishCorpus(server);
});

afterAll(() => server.stop());

/** The same templates each time; `npm run fuzz -- agent` takes others. */
const PARAMETERS = { numRuns: 300, seed: 20_260_101 };

const keyOf = ({ body, data }: GeneratedCase): string => JSON.stringify([body, data]);

test('the real agent and ours agree on templates and data made by chance', { timeout: 300_000 }, async () => {
  // Compared many at a time; what a failure is shrunk to, one by one.
  const samples = fc.sample(generatedCase, PARAMETERS);
  const comparisons = await compare(server, samples);
  const known = new Map(
    samples.map((one, index): [string, Comparison | undefined] => [keyOf(one), comparisons[index]]),
  );
  expect(comparisons.filter(({ ours }) => ours !== undefined).length).toBeGreaterThan(PARAMETERS.numRuns / 3);
  await fc.assert(
    fc.asyncProperty(generatedCase, async (one) => {
      const comparison = known.get(keyOf(one)) ?? (await compare(server, [one]))[0];
      expect(comparison?.ours).toBe(comparison?.theirs);
    }),
    PARAMETERS,
  );
});
