import type { Stage } from './stage.ts';
import { runVitest } from './vitest.ts';

const RUN = { timeoutMs: 90 * 60_000, retries: 1 } as const;

/** Beginnings of the names of those that start an API server, below the folder. */
const WITH_API_SERVER: readonly string[] = [
  'cluster/',
  'governance/',
  'kubernetes/',
  'sync/',
  'sync-guard/',
  'admission',
  'explain',
  'golden-pods',
  'install',
  'webhook',
].map((name) => `test/integration/${name}`);

const without = (beginning: string): string =>
  `--exclude=${beginning}${beginning.endsWith('/') ? '**' : '*'}`;

/**
 * The integration tests in two parts that run side by side, for each waits most of its time. No two API servers are ever
 * beside each other.
 */
export const LANES: readonly Stage[] = [
  {
    name: 'integration: stores',
    run: () => runVitest('integration', { ...RUN, files: WITH_API_SERVER.map(without) }),
  },
  {
    name: 'integration: clusters',
    run: () => runVitest('integration', { ...RUN, files: WITH_API_SERVER }),
  },
];
