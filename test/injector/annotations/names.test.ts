import { describe, expect, it } from 'vitest';
import { ANNOTATIONS, findName } from '../../../injector/annotations/names.ts';

describe('the table of annotations', () => {
  it('has every key of the Vault Agent Injector 1.7: 74 constants, two of which name a key and a family', () => {
    expect(ANNOTATIONS).toHaveLength(76);
    expect(new Set(ANNOTATIONS.map(({ key }) => key)).size).toBe(76);
  });

  it('says of every key what it is for, or what to do instead, in one line', () => {
    for (const { doc } of ANNOTATIONS) expect(doc).toMatch(/^\S[^\n]{5,100}\S$/u);
  });

  it('finds a plain key', () => {
    expect(findName('role')).toMatchObject({ name: { key: 'role' }, suffix: '' });
  });

  it('finds the family of a key, and what stands for X', () => {
    expect(findName('agent-inject-secret-db-creds')).toMatchObject({
      name: { key: 'agent-inject-secret-X' },
      suffix: 'db-creds',
    });
  });

  it('prefers a key to a family, and a longer family to a shorter one', () => {
    expect(findName('secret-volume-path')?.suffix).toBe('');
    expect(findName('secret-volume-path-a')).toMatchObject({
      name: { key: 'secret-volume-path-X' },
      suffix: 'a',
    });
    expect(findName('agent-inject-template-file-a')?.name.key).toBe('agent-inject-template-file-X');
    expect(findName('agent-inject-template-a')?.name.key).toBe('agent-inject-template-X');
  });

  it('knows no other key, nor a family without X', () => {
    expect(findName('agent-inject-secret-')).toBeUndefined();
    expect(findName('agent-inject-scret-a')).toBeUndefined();
    expect(findName('')).toBeUndefined();
  });
});
