import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDisagreement } from '../golden/templates/both-engines.ts';
import { furnishCorpus } from '../golden/templates/furnish.ts';
import { type OpenBaoServer, startOpenBao } from '../servers/openbao.ts';

let server: OpenBaoServer;

beforeAll(async () => {
  server = await startOpenBao();
  await furnishCorpus(server);
});

afterAll(() => server.stop());

/** The same templates each time; `npm run fuzz -- agent` takes others. */
test('the real agent and ours agree on templates and data made by chance', async () => {
  expect(await findDisagreement(server, { numRuns: 300, seed: 20_260_101 })).toBeUndefined();
});
