import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Every module that is loaded together with one, types and dynamic imports left out; packages by name. */
function loadedWith(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  if (!path.endsWith('.ts')) return seen;
  const imports = readFileSync(path, 'utf8').matchAll(/^import (?!type )[^;]*?from '([^']+)';/gmu);
  for (const [, from = ''] of imports) {
    const target = from.startsWith('#')
      ? from.slice(1)
      : from.startsWith('.')
        ? join(dirname(path), from)
        : from;
    loadedWith(normalize(target), seen);
  }
  return seen;
}

describe('what `agent init` loads', () => {
  const modules = [...loadedWith('agent/main.ts')];

  test('is all it needs to render', () => {
    expect(modules).toEqual(
      expect.arrayContaining(['agent/init.ts', 'agent/run.ts', 'agent/render/commit.ts']),
    );
  });

  test('holds neither metrics nor probes, which would cost it a quarter of its time', () => {
    expect(modules.filter((path) => /prom-client|metrics|admin|serve/u.test(path))).toEqual([]);
  });

  test('is less than what `agent run` loads', () => {
    expect([...loadedWith('agent/serve.ts')]).toEqual(
      expect.arrayContaining(['platform/metrics.ts', 'platform/admin.ts', 'prom-client/lib/registry.js']),
    );
  });
});
