import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'rolldown';

const stub = (name: string): string =>
  fileURLToPath(new URL(`./platform/bundle/${name}.ts`, import.meta.url));

/** What dependencies require at load and we have no use for; each stub says why. */
const STUBS = {
  // node-vault gets our transport, so the HTTP client it would fall back to has no business in the sidecar.
  axios: stub('axios'),
  debug: stub('debug'),
  mustache: stub('absent'),
  tv4: stub('tv4'),
  'on-exit-leak-free': stub('absent'),
  'thread-stream': stub('absent'),
};

const COMMON = {
  // An ESM import of a built-in reads every one of its exports, and one of node:http's is all of undici: 5 MB, 40 ms.
  format: 'cjs',
  minify: true,
  // One other character makes an engine hold the whole text with two bytes for each.
  charset: 'ascii',
  sourcemap: false,
} as const;

/** One self-contained file per program: a raw TypeScript tree doubles the memory and start-up time of an agent. */
const bundle = (name: string, input: string): BuildOptions => ({
  input,
  platform: 'node',
  resolve: { alias: STUBS },
  output: { ...COMMON, file: `dist/${name}.cjs`, codeSplitting: false },
});

/**
 * The command, and beside it a file for each part that is loaded only when it is called for: to read all of it, a client of
 * the API server among it, would take twice the time that `sidekey explain` needs.
 */
const command: BuildOptions = {
  // Named by package.json as a command: npm makes it executable.
  input: { sidekey: 'cli/main.ts' },
  platform: 'node',
  resolve: { alias: STUBS },
  output: {
    ...COMMON,
    dir: 'dist',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'sidekey/[name].cjs',
    banner: ({ isEntry }) => (isEntry ? '#!/usr/bin/env node' : ''),
  },
};

/** What pino and its stream load at once, and the agent's log has no use for: each would cost the start a millisecond or two. */
const UNUSED = {
  assert: stub('assert'),
  worker_threads: stub('worker-threads'),
  '@pinojs/redact': stub('absent'),
};

/** The agent, and beside it what only some agents need: that which stays, and the functions that few templates call. */
const agent: BuildOptions = {
  input: { 'agent-main': 'agent/main.ts' },
  platform: 'node',
  resolve: { alias: { ...STUBS, ...UNUSED } },
  output: {
    ...COMMON,
    dir: 'dist',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'agent-[name].cjs',
    // What several parts use is one file, for each file costs the start half a millisecond.
    codeSplitting: {
      groups: [
        { name: 'core', test: /rolldown.runtime/u },
        { name: 'core', minShareCount: 2 },
      ],
    },
  },
};

const bundles: BuildOptions[] = [
  agent,
  bundle('agent', 'agent/launch/main.ts'),
  bundle('precompile', 'agent/launch/precompile.ts'),
  bundle('sync', 'agent/sync/main.ts'),
  bundle('injector', 'injector/main.ts'),
  command,
];

export default bundles;
