import { findDisagreement } from '../golden/templates/both-engines.ts';
import { furnishCorpus } from '../golden/templates/furnish.ts';
import { startOpenBao } from '../servers/openbao.ts';

const AT_ONCE = 500;

/**
 * Has templates and data made by chance rendered by the real agent and by ours.
 *
 * @throws {Error} With the smallest found on which they differ.
 */
export async function fuzzAgainstAgent(count: number, seed: number): Promise<void> {
  const server = await startOpenBao();
  try {
    await furnishCorpus(server);
    for (let done = 0; done < count; done += AT_ONCE) {
      const chance = { numRuns: Math.min(AT_ONCE, count - done), seed: seed + done };
      const disagreement = await findDisagreement(server, chance);
      if (disagreement !== undefined) throw new Error(disagreement);
      console.log(`${done + chance.numRuns} templates, the last from seed ${chance.seed}: all the same`);
    }
  } finally {
    await server.stop();
  }
}
