import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isArray, isObject, type Json } from '#contract/json.ts';
import { readTenancy } from '../../../cli/tenant/read.ts';
import { readDocuments, remarksText } from '../../golden/tenant-cases.ts';

const PAGE = readFileSync(new URL('../../../docs/tenants.md', import.meta.url), 'utf8');

/** Keys whose own keys are data. */
const FREE = new Set(['nodeSelector', 'compute', 'requests', 'limits']);

function fieldsIn(value: Json): readonly string[] {
  if (isArray(value)) return value.flatMap(fieldsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...(FREE.has(key) ? [] : fieldsIn(inner))]);
}

describe('the page on tenants', () => {
  it('has examples that can be read', () => {
    const examples = [...PAGE.matchAll(/^```yaml\n(.*?)^```/gmsu)].map(([, text = '']) => text);
    expect(examples).not.toEqual([]);
    for (const text of examples) {
      const parsed = readTenancy([{ file: 'tenants.md', text }]);
      expect(remarksText(parsed)).toBe('');
    }
  });

  it('names every field', () => {
    const fields = new Set(readDocuments('everything').flatMap(fieldsIn));
    const words = new Set(PAGE.match(/\w+/gu));
    expect([...fields].filter((field) => !words.has(field))).toEqual([]);
  });
});
