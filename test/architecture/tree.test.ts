import { describe, expect, test } from 'vitest';
import { CODE, importsOf, PRODUCT, read, TREE } from './sources.ts';

const MOST_LINES = 250;

/** Names that say nothing about what is inside. */
const EMPTY_NAMES = /(?:^|\/)(?:utils?|helpers?|common|shared|misc|libs?)(?:\.[^/]*)?(?:\/|$)/u;

/** Where each part begins that is shipped as a file of its own. */
const PARTS = ['agent/main.ts', 'agent/sync/main.ts', 'injector/main.ts', 'cli/main.ts'].filter((path) =>
  PRODUCT.includes(path),
);

/** Files and folders of contract/ and platform/ that one part or none imports, each with the reason. */
const ONE_SIDED: Readonly<Record<string, string>> = {
  'contract/secret-sync.ts': 'the sync’s today; the command line will explain Secrets by it',
  'platform/bundle/absent.ts': 'put in the place of a package by the bundler',
  'platform/bundle/assert.ts': 'put in the place of a package by the bundler',
  'platform/bundle/axios.ts': 'put in the place of a package by the bundler',
  'platform/bundle/debug.ts': 'put in the place of a package by the bundler',
  'platform/bundle/tv4.ts': 'put in the place of a package by the bundler',
  'platform/bundle/worker-threads.ts': 'put in the place of a package by the bundler',
  'platform/bundle/prom-client.d.ts': 'declares the modules that platform/metrics.ts imports',
  'platform/bundle/undici.d.ts': 'declares the modules that platform/kubernetes imports',
};

describe('names and sizes', () => {
  test('no folder or file has a name that says nothing', () => {
    expect(
      TREE.filter(
        (path) =>
          EMPTY_NAMES.test(path) && path !== 'test/cluster/lib.sh' && path !== 'test/cluster/checks/lib.sh',
      ),
    ).toEqual([]);
  });

  test(`no source file is longer than ${MOST_LINES} lines`, () => {
    const long = CODE.map((path) => ({ path, lines: read(path).trimEnd().split('\n').length }));
    expect(long.filter(({ lines }) => lines > MOST_LINES)).toEqual([]);
  });
});

describe('contract/ and platform/', () => {
  const parts = PARTS.map(reachable);

  test('hold only what two parts use', () => {
    const shared = PRODUCT.filter((path) => /^(?:contract|platform)\//u.test(path));
    const oneSided = shared.filter((path) => parts.filter((part) => part.has(path)).length < 2);
    const excepted = Object.keys(ONE_SIDED);
    expect(oneSided.filter((path) => !excepted.some((exception) => path.startsWith(exception)))).toEqual([]);
  });

  test('the exceptions still exist', () => {
    const exists = (exception: string): boolean => TREE.some((path) => path.startsWith(exception));
    expect(Object.keys(ONE_SIDED).filter((exception) => !exists(exception))).toEqual([]);
  });
});

describe('what the tree says', () => {
  const text = TREE.filter(
    (path) => !/\.(?:png|ico|gz)$|^package-lock\.json$|^test\/cluster\/kube\/go\.sum$/u.test(path),
  );
  const saying = (pattern: RegExp, except: readonly string[] = []): string[] =>
    text.filter(
      (path) =>
        path !== 'test/architecture/tree.test.ts' && !except.includes(path) && pattern.test(read(path)),
    );

  test('no path of one developer’s machine', () => {
    expect(
      saying(/(?<![\w.{}$~-])\/(?:work|Users|root)\/\w|(?<![\w.$}])\/home\/(?!nonroot|app)\w+/u),
    ).toEqual([]);
  });

  test('no host of a package registry: where packages come from is for each machine to say', () => {
    expect(saying(/\b(?:registry|proxy|deb|index|files)\.[a-z-]+\.(?:org|com|io|net)\b|\bpypi\.\w/u)).toEqual(
      [],
    );
  });

  test('no conflict marker and no test that is switched off or alone', () => {
    expect(saying(/^(?:<{7}|>{7}) /mu)).toEqual([]);
    const tests = CODE.filter((path) => path.endsWith('.test.ts'));
    expect(
      tests.filter(
        (path) =>
          /\b(?:test|it|describe)\.(?:skip|only|todo)\b/u.test(read(path)) &&
          path !== 'test/architecture/tree.test.ts',
      ),
    ).toEqual([]);
  });
});

test('every npm command that a document names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const documents = TREE.filter((path) => path.endsWith('.md'));
  const named = documents.flatMap((path) =>
    [...read(path).matchAll(/\bnpm (?:run (?<script>[\w:-]+)|(?<short>test)\b)/gu)].map(({ groups }) => ({
      path,
      script: groups?.['script'] ?? groups?.['short'] ?? '',
    })),
  );
  expect(named.filter(({ script }) => !(script in scripts))).toEqual([]);
});

/** Everything that is reachable from a part's entry point. */
function reachable(entry: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path) || !PRODUCT.includes(path)) return;
    seen.add(path);
    for (const { to } of importsOf(path)) visit(to);
  };
  visit(entry);
  return seen;
}
