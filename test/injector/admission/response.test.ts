import { describe, expect, it } from 'vitest';
import { allowed, denied, errored, patched } from '../../../injector/admission/response.ts';

const NOTES = { warnings: [], audit: { outcome: 'x' } };
const problem = { key: 'a-key', message: 'is wrong' };
const many = (count: number): readonly (typeof problem)[] => Array.from({ length: count }, () => problem);

describe('a response', () => {
  it('lets pass', () => {
    expect(allowed('a-uid', NOTES)).toEqual({
      uid: 'a-uid',
      allowed: true,
      auditAnnotations: { outcome: 'x' },
    });
  });

  it('carries a patch, unless there is nothing to change', () => {
    const operations = [{ op: 'add', path: '/a', value: 'ü' }] as const;
    const response = patched('a-uid', operations, NOTES);
    expect(response).toMatchObject({ allowed: true, patchType: 'JSONPatch' });
    expect(JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString())).toEqual(operations);
    expect(patched('a-uid', [], NOTES)).toEqual(allowed('a-uid', NOTES));
  });

  it('denies with one problem on one line, and with more on a line each', () => {
    expect(denied('a-uid', [problem], NOTES)).toMatchObject({
      allowed: false,
      status: { code: 400, reason: 'BadRequest', message: 'Cannot inject the agent: a-key: is wrong' },
    });
    expect(denied('a-uid', many(2), NOTES).status?.message).toBe(
      'Cannot inject the agent:\na-key: is wrong\na-key: is wrong',
    );
  });

  it('denies with as many problems as somebody will read', () => {
    const { message = '' } = denied('a-uid', many(60), NOTES).status ?? {};
    expect(message.split('\n')).toHaveLength(52);
    expect(message).toMatch(/… and 10 more$/u);
  });

  it('warns within what the API server shows', () => {
    const warnings = [{ key: 'a-key', message: 'x'.repeat(1000) }, ...many(40)];
    const shown = allowed('a-uid', { ...NOTES, warnings }).warnings ?? [];
    expect(shown).toHaveLength(16);
    expect(shown[0]).toHaveLength(256);
    expect(shown[1]).toBe('a-key: is wrong');
  });

  it('blames itself for its own faults', () => {
    expect(errored('a-uid', 'Cannot decide')).toEqual({
      uid: 'a-uid',
      allowed: false,
      status: { code: 500, reason: 'InternalError', message: 'Cannot decide' },
      auditAnnotations: { outcome: 'errored' },
    });
  });
});
