import { describe, expect, test } from 'vitest';
import { bareCode, CODE, type Import, importsOf, parseImports, PRODUCT, read } from './sources.ts';

const PURE = [
  /^contract\//u,
  /^agent\/(?:schedule|source|sync\/decide|template|value)\//u,
  /^agent\/render\/plan[^/]*\.ts$/u,
  /^injector\/(?:annotations|pod|admission)\//u,
  /^governance\//u,
];
const isPure = (path: string): boolean => PURE.some((folder) => folder.test(path));

/** An evaluator of expressions that itself has no dependency and does nothing but compute. */
const CEL = '@marcbachmann/cel-js';

/** Modules of Node that only compute. */
const COMPUTING = new Set([
  'node:assert',
  'node:buffer',
  'node:crypto',
  'node:path',
  'node:path/posix',
  'node:string_decoder',
  'node:url',
  'node:util',
]);

const imports = PRODUCT.flatMap(importsOf);
const arrows = (found: readonly Import[]): string[] => found.map(({ from, to }) => `${from} -> ${to}`);
const crossing = (from: RegExp, to: RegExp): string[] =>
  arrows(imports.filter((one) => from.test(one.from) && to.test(one.to)));

describe('the reader of imports', () => {
  test('sees static, type-only, bare and dynamic imports, over several lines too', () => {
    const text = [
      "import { a } from './a.ts';",
      "import type { B } from '../b.ts';",
      "import {\n  c,\n  d,\n} from '#contract/c.ts';",
      "import 'reflect-metadata';",
      "export { e } from './e.ts';",
      "const f = await import('./f.ts');",
      "import { readFile } from 'fs';",
    ].join('\n');
    expect(parseImports('agent/render/x.ts', text).map(({ to, typeOnly }) => [to, typeOnly])).toEqual([
      ['agent/render/a.ts', false],
      ['agent/b.ts', true],
      ['contract/c.ts', false],
      ['reflect-metadata', false],
      ['agent/render/e.ts', false],
      ['agent/render/f.ts', false],
      ['node:fs', false],
    ]);
  });

  test('finds imports in every folder of the product', () => {
    for (const folder of ['contract', 'platform', 'agent', 'injector', 'governance', 'cli']) {
      expect(imports.filter(({ from }) => from.startsWith(`${folder}/`)).length, folder).toBeGreaterThan(0);
    }
  });
});

describe('layers', () => {
  test('the contract imports nothing of ours', () => {
    expect(crossing(/^contract\//u, /^(?:platform|agent|injector|governance|deploy|test)\//u)).toEqual([]);
  });

  test('the platform imports only the contract', () => {
    expect(crossing(/^platform\//u, /^(?:agent|injector|governance|deploy|test)\//u)).toEqual([]);
  });

  test('agent and injector never meet', () => {
    expect(crossing(/^agent\//u, /^injector\//u)).toEqual([]);
    expect(crossing(/^injector\//u, /^agent\//u)).toEqual([]);
  });

  test('governance knows of the images only what annotations are called, and no image knows it', () => {
    expect(crossing(/^governance\//u, /^(?:agent\/|injector\/(?!annotations\/))/u)).toEqual([]);
    expect(crossing(/^(?:agent|injector)\//u, /^governance\//u)).toEqual([]);
  });

  test('what ships imports nothing from deploy/ and test/', () => {
    expect(
      crossing(/^(?:contract|platform|agent|injector|governance|cli)\//u, /^(?:deploy|test)\//u),
    ).toEqual([]);
  });

  test('the command decides nothing by itself, and nothing is built on it', () => {
    const pure =
      /^(?:agent\/(?:schedule|source|sync\/decide|template|value)|injector\/(?:annotations|pod|admission))\/|^injector\/(?:environment|operator-settings)\.ts$/u;
    const parts = imports.filter(
      ({ from, to, typeOnly }) => from.startsWith('cli/') && /^(?:agent|injector)\//u.test(to) && !typeOnly,
    );
    expect(arrows(parts.filter(({ to }) => !pure.test(to)))).toEqual([]);
    expect(crossing(/^(?!cli\/|test\/)/u, /^cli\//u)).toEqual([]);
  });

  test('of an explanation only run.ts does input or output', () => {
    const inside = imports.filter(
      ({ from }) => /^cli\/(?:explain|manifest|text)\//u.test(from) && !from.endsWith('/run.ts'),
    );
    const doing = inside.filter(
      ({ to }) => to.startsWith('platform/') || (to.startsWith('node:') && !COMPUTING.has(to)),
    );
    expect(arrows(doing)).toEqual([]);
  });

  test('each command is loaded only when it is called for, and an explanation talks to nobody', () => {
    const runs = imports.filter(({ to }) => /^cli\/[a-z]+\/run\.ts$/u.test(to));
    expect(runs.map(({ from }) => from)).toEqual(runs.map(() => 'cli/main.ts'));
    expect(read('cli/main.ts')).not.toMatch(/^import .*\/run\.ts';$/mu);
    expect(
      crossing(/^cli\/(?:explain|manifest|text)\//u, /^(?:node-vault|undici)$|^platform\/kubernetes\//u),
    ).toEqual([]);
  });

  test('only a main is a composition root: nothing imports one', () => {
    expect(crossing(/./u, /^(?:agent|agent\/sync|injector|cli)\/main\.ts$/u)).toEqual([]);
  });

  test('only the Kubernetes client speaks over undici, which costs a process 25 MB', () => {
    expect(crossing(/^(?!platform\/kubernetes\/)/u, /^undici$/u)).toEqual([]);
  });

  test('there is no cycle of imports at run time', () => {
    expect(cycles(CODE.flatMap(importsOf).filter(({ typeOnly }) => !typeOnly))).toEqual([]);
  });
});

describe('pure folders', () => {
  const pure = PRODUCT.filter(isPure);

  test('there are some', () => {
    expect(pure.length).toBeGreaterThan(5);
  });

  test('import no platform', () => {
    expect(arrows(imports.filter(({ from, to }) => isPure(from) && to.startsWith('platform/')))).toEqual([]);
  });

  test('import no module of Node that does input or output', () => {
    const doing = imports.filter(
      ({ from, to }) => isPure(from) && to.startsWith('node:') && !COMPUTING.has(to),
    );
    expect(arrows(doing)).toEqual([]);
  });

  test('import no package but the evaluator of policies', () => {
    const packages = imports.filter(
      ({ from, to }) => isPure(from) && !to.startsWith('node:') && (!to.includes('/') || to.startsWith('@')),
    );
    expect(
      arrows(packages.filter(({ from, to }) => !(from.startsWith('governance/cel/') && to === CEL))),
    ).toEqual([]);
  });

  test.each([
    ['the clock', /\bDate\.now\b|\bnew Date\(\)|\bperformance\b/u],
    ['chance', /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\bgetRandomValues\b/u],
    ['timers', /\bset(?:Timeout|Interval|Immediate)\b/u],
    ['the environment', /\bprocess\b/u],
    ['the network', /\bfetch\(/u],
  ])('do not reach for %s', (_, pattern) => {
    expect(pure.filter((path) => pattern.test(bareCode(read(path))))).toEqual([]);
  });
});

test('only main.ts reads the environment', () => {
  const readers = PRODUCT.filter((path) => bareCode(read(path)).includes('process.env'));
  expect(readers.filter((path) => !/^(?:agent|agent\/sync|injector|cli)\/main\.ts$/u.test(path))).toEqual([]);
});

/** Each cycle as `a -> b -> a`, found by depth-first search. */
function cycles(edges: readonly Import[]): readonly string[] {
  const next = Map.groupBy(edges, ({ from }) => from);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(' -> '));
    if (at >= 0 || done.has(path)) return;
    for (const { to } of next.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return found;
}
