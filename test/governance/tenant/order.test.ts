import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isArray, isObject, type Json, type JsonObject } from '#contract/json.ts';
import type { Declaration } from '../../../governance/tenant/declaration.ts';
import { parseTenancy, type ParsedTenancy } from '../../../governance/tenant/parse.ts';
import { renderTenants } from '../../../governance/tenant/render.ts';
import { readDocuments, renderedCases } from '../../golden/tenant-cases.ts';

const place = { file: 'tenants.yaml', line: 1, column: 1 };

const read = (documents: readonly JsonObject[]): ParsedTenancy =>
  parseTenancy(documents.map((value): Declaration => ({ value, at: () => place })));

function rendered(documents: readonly JsonObject[]): unknown {
  const parsed = read(documents);
  return parsed.ok ? renderTenants(parsed.value) : parsed.problems;
}

/** The same with fields and items in another order, drawn from the numbers. */
function shuffled(value: Json, next: () => number): Json {
  const mixed = <T>(items: readonly T[]): readonly T[] =>
    items
      .map((item) => ({ item, at: next() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ item }) => item);
  if (isArray(value)) return mixed(value).map((item) => shuffled(item, next));
  if (!isObject(value)) return value;
  return Object.fromEntries(mixed(Object.entries(value)).map(([key, item]) => [key, shuffled(item, next)]));
}

describe.each(renderedCases)('%s', (name) => {
  const documents = readDocuments(name);

  it('is rendered alike, whatever the order of documents, fields and items', () => {
    const expected = rendered(documents);
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
        const next = (): number => Number(numbers.next().value);
        expect(rendered(shuffled(documents, next) as JsonObject[])).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a declaration', () => {
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom('', '..', '__proto__', 'constructor', '*', 'nvidia.com/gpu', -1, 0, 1e21, null),
  );

  /** Some value of a document, and the document with another in its place. */
  function spoilt(value: Json, by: Json, path: readonly number[]): Json {
    const [step, ...rest] = path;
    if (step === undefined || value === null || typeof value !== 'object') return by;
    const entries = Object.entries(value);
    if (entries.length === 0) return by;
    const changed = entries.map(([key, item], index): [string, Json] => [
      key,
      index === step % entries.length ? spoilt(item, by, rest) : item,
    ]);
    return isArray(value) ? changed.map(([, item]) => item) : Object.fromEntries(changed);
  }

  it('is read or refused, and never ends in an error, whatever stands in it', () => {
    const [document = {}] = readDocuments('everything').filter(({ kind }) => kind === 'Tenant');
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }), anything, (path, value) => {
        const parsed = read([spoilt(document, value as Json, path) as JsonObject]);
        expect(parsed.ok ? renderTenants(parsed.value) : parsed.problems).not.toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('is held against thousands of others', () => {
    const tenants = Array.from({ length: 3000 }, (_, index) => ({
      apiVersion: 'sidekey.dev/v1',
      kind: 'Tenant',
      metadata: { name: `t-${index}` },
      spec: {
        namespaces: [`t-${index}`],
        secrets: { vault: { paths: [`secret/data/a/b/c/d/e/f/g/t-${index}`] } },
      },
    }));
    const parsed = read([...tenants, ...tenants.slice(0, 1)]);
    expect(parsed.ok ? [] : parsed.problems.map(({ subject }) => subject)).toEqual([
      'metadata.name',
      'spec.namespaces[0]',
      'spec.secrets.vault.role',
    ]);
  });
});
