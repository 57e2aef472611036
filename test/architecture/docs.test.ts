import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { referencePages } from '../../docs/generate.ts';

it.each(Object.entries(referencePages()))(
  'docs/%s is in step with the tables in the code',
  async (name, text) => {
    expect(await readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8')).toBe(text);
  },
);
