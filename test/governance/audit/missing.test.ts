import { expect, test } from 'vitest';
import { unknownSections } from '../../../governance/audit/missing.ts';

test('of a section nothing is known if none of what says it was named', () => {
  expect([...unknownSections(new Set())]).toHaveLength(9);
  expect([...unknownSections(new Set(['store']))]).toEqual(['tenant', 'policy', 'violation']);
  expect([...unknownSections(new Set(['store', 'objects', 'policies', 'reports']))]).toEqual([]);
});
