import fc from 'fast-check';
import { compare } from '../golden/templates/both-engines.ts';
import { furnishCorpus } from '../golden/templates/furnish.ts';
import { generatedCase } from '../golden/templates/generated.ts';
import { startOpenBao } from '../servers/openbao.ts';

const AT_ONCE = 500;

/** Has templates and data made by chance rendered by the real agent and by ours; the first on which they differ is shrunk. */
export async function fuzzAgainstAgent(count: number, seed: number): Promise<void> {
  const server = await startOpenBao();
  try {
    await furnishCorpus(server);
    for (let done = 0; done < count; done += AT_ONCE) {
      const parameters = { numRuns: Math.min(AT_ONCE, count - done), seed: seed + done };
      const samples = fc.sample(generatedCase, parameters);
      const comparisons = await compare(server, samples);
      const differing = comparisons.findIndex(({ ours, theirs }) => ours !== theirs);
      console.log(
        `${done + samples.length} templates (seed ${parameters.seed}): ${differing < 0 ? 'the same' : 'they differ'}`,
      );
      if (differing < 0) continue;
      await fc.assert(
        fc.asyncProperty(generatedCase, async (one) => {
          const [comparison] = await compare(server, [one]);
          if (comparison?.ours !== comparison?.theirs)
            throw new Error(`ours: ${show(comparison?.ours)}\ntheirs: ${show(comparison?.theirs)}`);
        }),
        {
          ...parameters,
          skipEqualValues: true,
          examples: samples.slice(differing, differing + 1).map((one) => [one]),
        },
      );
    }
  } finally {
    await server.stop();
  }
}

const show = (bytes: string | undefined): string => (bytes === undefined ? 'refused' : JSON.stringify(bytes));
