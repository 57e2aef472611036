import { isBuiltin } from 'node:module';
import { build } from 'rolldown';
import { beforeAll, describe, expect, test } from 'vitest';
import bundles from '../../rolldown.config.ts';

/** What one bundle would be: its text, and the modules that ended up in it. */
interface Bundle {
  readonly code: string;
  readonly modules: readonly string[];
  /** What is left to be found when it runs. */
  readonly imports: readonly string[];
}

const made = new Map<string, Bundle>();

beforeAll(async () => {
  for (const options of bundles) {
    const { output } = await build({ ...options, write: false });
    // The command comes in several files, each loaded when it is needed.
    const chunks = output
      .filter((part) => part.type === 'chunk')
      .toSorted((a, b) => Number(b.isEntry) - Number(a.isEntry));
    const own = new Set(chunks.map(({ fileName }) => fileName));
    made.set(chunks[0]?.fileName ?? '', {
      code: chunks.map((chunk) => chunk.code).join('\n'),
      modules: chunks.flatMap((chunk) => chunk.moduleIds),
      imports: chunks
        .flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports])
        .filter((name) => !own.has(name)),
    });
  }
}, 60_000);

type Name = 'agent' | 'agent-main' | 'sync' | 'injector' | 'sidekey';

function bundle(name: Name): Bundle {
  const found = made.get(`${name}.cjs`);
  if (found === undefined) throw new Error(`No bundle called ${name}.cjs`);
  return found;
}

const holding = (name: Name, pattern: RegExp): string[] =>
  bundle(name).modules.filter((module) => pattern.test(module));

describe('the agent’s bundle', () => {
  test('is reached by a command that holds nothing else', () => {
    expect(holding('agent', /./u).map((module) => module.slice(module.indexOf('/agent/')))).toEqual([
      '/agent/launch/compiled.ts',
      '/agent/launch/main.ts',
    ]);
  });

  test('holds the agent', () => {
    expect(holding('agent-main', /\/agent\/main\.ts$/u)).toHaveLength(1);
    expect(bundle('agent-main').code).toContain('X-Vault-Token');
  });

  test('holds nothing of the injector', () => {
    expect(holding('agent-main', /\/injector\//u)).toEqual([]);
    expect(bundle('agent-main').code).not.toContain('AdmissionReview');
  });

  test('is read at the start without what only some agents need', async () => {
    const [options] = bundles;
    const { output } = await build({ ...options, write: false });
    const chunks = output.filter((part) => part.type === 'chunk');
    const first = chunks.find(({ isEntry }) => isEntry)?.fileName ?? '';
    const loaded = (fileName: string): readonly string[] =>
      chunks.flatMap((one) =>
        one.fileName === fileName ? [...one.moduleIds, ...one.imports.flatMap(loaded)] : [],
      );
    const later =
      /\/agent\/(?:serve\.ts|notify\/command\.ts|provider\/infisical\/provider\.ts|template\/(?:yaml|regex|functions\/sprig)\/)|\/node_modules\/chokidar\//u;
    expect(loaded(first).filter((module) => later.test(module))).toEqual([]);
    expect(holding('agent-main', later).length).toBeGreaterThan(20);
  });

  test.each([
    'axios',
    'undici',
    'yaml',
    '@kubernetes/client-node',
    '@infisical/sdk',
    'tv4',
    'mustache',
    'debug',
    'thread-stream',
  ])('holds no %s', (name) => {
    expect(holding('agent-main', new RegExp(`/node_modules/${name}/`, 'u'))).toEqual([]);
  });

  test('holds of prom-client only what counts', () => {
    expect(holding('agent-main', /\/prom-client\/lib\/(?:cluster|pushgateway|defaultMetrics)/u)).toEqual([]);
  });
});

describe('the sync’s bundle', () => {
  test('holds the sync, the stores and a client of the API server', () => {
    expect(holding('sync', /\/agent\/sync\/main\.ts$/u)).toHaveLength(1);
    expect(holding('sync', /\/node_modules\/undici\//u)).not.toEqual([]);
    expect(bundle('sync').code).toContain('X-Vault-Token');
  });

  test('is the only one that knows Kubernetes Secrets', () => {
    expect(holding('agent-main', /\/platform\/kubernetes\//u)).toEqual([]);
    for (const name of ['agent-main', 'injector'] as const) {
      expect(holding(name, /\/agent\/sync\//u)).toEqual([]);
      expect(bundle(name).code).not.toContain('managed-keys');
    }
  });

  test.each(['axios', 'chokidar', 'yaml', 'tv4', 'mustache', 'debug', 'thread-stream'])(
    'holds no %s',
    (name) => {
      expect(holding('sync', new RegExp(`/node_modules/${name}/`, 'u'))).toEqual([]);
    },
  );
});

describe('the injector’s bundle', () => {
  test('holds the injector', () => {
    expect(holding('injector', /\/injector\/main\.ts$/u)).toHaveLength(1);
    expect(bundle('injector').code).toContain('AdmissionReview');
  });

  test('holds nothing that talks to a store', () => {
    expect(holding('injector', /\/agent\/|\/node_modules\/(?:axios|node-vault)\//u)).toEqual([]);
    expect(bundle('injector').code).not.toContain('X-Vault-Token');
  });
});

describe('the command’s bundle', () => {
  test('loads for an explanation neither a client of a cluster nor one of a store', async () => {
    const { output } = await build({ ...bundles.at(-1), write: false });
    const chunks = output.filter((part) => part.type === 'chunk');
    const needed = (fileName: string): readonly string[] => {
      const chunk = chunks.find((one) => one.fileName === fileName);
      return chunk === undefined ? [] : [fileName, ...chunk.imports.flatMap(needed)];
    };
    const holds = (path: RegExp): readonly string[] =>
      chunks.filter(({ moduleIds }) => moduleIds.some((id) => path.test(id))).map(({ fileName }) => fileName);
    const explaining = holds(/\/cli\/explain\/run\.ts$/u).flatMap(needed);
    expect(explaining.length).toBeGreaterThan(1);
    const clients = holds(/\/node_modules\/(?:undici|node-vault)\//u);
    expect(clients.length).toBeGreaterThan(0);
    expect(clients.filter((fileName) => explaining.includes(fileName))).toEqual([]);
  });

  test('holds the command, and starts as one', () => {
    expect(holding('sidekey', /\/cli\/main\.ts$/u)).toHaveLength(1);
    expect(bundle('sidekey').code.startsWith('#!/usr/bin/env node\n')).toBe(true);
  });

  test('holds nothing of the images that talks or listens', () => {
    expect(
      holding(
        'sidekey',
        /\/agent\/(?:provider\/(?:http|infisical|vault)|run)\/|\/injector\/server\/|\/node_modules\/(?:axios|pino|prom-client)\//u,
      ),
    ).toEqual([]);
  });
});

test('a bundle imports only what Node itself has', () => {
  for (const { imports } of made.values()) expect(imports.filter((name) => !isBuiltin(name))).toEqual([]);
});
