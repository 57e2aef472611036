import { describe, expect, it } from 'vitest';
import { DROP_IN, INFISICAL, NATIVE } from '../../../injector/annotations/families.ts';

const familiesByPrefix = [DROP_IN, NATIVE, INFISICAL].map((family) => [family.prefix, family] as const);

describe.each(familiesByPrefix)('the table of %s', (_, { names }) => {
  it('says of every key what it is for, or what to do instead, in one line', () => {
    for (const { doc } of names) expect(doc).toMatch(/^\S[^\n]{5,100}\S$/u);
  });

  it('has no key twice', () => {
    expect(new Set(names.map(({ key }) => key)).size).toBe(names.length);
  });
});

it('every key of the Vault Agent Injector 1.7 is known: 74 constants, two of which name a key and a family', () => {
  // Its `auth-config-X` is any setting of any method: those that are followed have rows of their own.
  const constants = DROP_IN.names.filter(({ key }) => !/^auth-config-(?!X$)/u.test(key));
  expect(constants).toHaveLength(76);
});

it('every key of Infisical’s injector 0.1 is known', () => {
  expect(INFISICAL.names).toHaveLength(20);
});

describe('a key', () => {
  it('is found as it is', () => {
    expect(DROP_IN.find('role')).toMatchObject({ name: { key: 'role' }, suffix: '' });
    expect(NATIVE.find('mode')).toMatchObject({ name: { key: 'mode' }, suffix: '' });
  });

  it('is found with what stands for the name in it, whatever that is', () => {
    expect(DROP_IN.find('agent-inject-secret-db-creds')).toMatchObject({
      name: { key: 'agent-inject-secret-X' },
      suffix: 'db-creds',
    });
    expect(NATIVE.find('mode.serving.env')).toMatchObject({
      name: { key: 'mode.<file>' },
      suffix: 'serving.env',
    });
    expect(DROP_IN.find('agent-inject-secret-X')).toMatchObject({ suffix: 'X' });
  });

  it('is rather a plain one than an open one, and of these the longer', () => {
    expect(DROP_IN.find('secret-volume-path')?.suffix).toBe('');
    expect(DROP_IN.find('secret-volume-path-a')).toMatchObject({
      name: { key: 'secret-volume-path-X' },
      suffix: 'a',
    });
    expect(DROP_IN.find('agent-inject-template-file-a')?.name.key).toBe('agent-inject-template-file-X');
    expect(DROP_IN.find('agent-inject-template-a')?.name.key).toBe('agent-inject-template-X');
  });

  it('is not known otherwise, nor without a name', () => {
    for (const key of ['agent-inject-secret-', 'agent-inject-scret-a', ''])
      expect(DROP_IN.find(key)).toBeUndefined();
    for (const key of ['secret.', 'secret', 'secrets.a', '']) expect(NATIVE.find(key)).toBeUndefined();
  });
});
