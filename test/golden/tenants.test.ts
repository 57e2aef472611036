import { describe, expect, it } from 'vitest';
import { renderTenants } from '../../governance/tenant/render.ts';
import { expectedFiles, expectedRemarks, readRefused, readRendered, refusedCases, remarksText, renderedCases } from './tenant-cases.ts';

describe('tenants that can be rendered', () => {
  it.each(renderedCases)('%s becomes the expected files', (name) => {
    const parsed = readRendered(name);
    expect(parsed.ok, remarksText(parsed)).toBe(true);
    const files = parsed.ok ? renderTenants(parsed.value) : [];
    expect(Object.fromEntries(files.map(({ path, text }) => [path, text]))).toEqual(expectedFiles(name));
  });
});

describe('tenants that cannot', () => {
  it.each(refusedCases)('%s is refused with every problem, each where it stands', (name) => {
    expect(remarksText(readRefused(name))).toBe(expectedRemarks(name));
  });
});
