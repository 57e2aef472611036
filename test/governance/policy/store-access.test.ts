import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isBound, parseInfisicalBinding, parseVaultBinding } from '#contract/binding.ts';
import { parseSecretSource } from '#contract/secret-source.ts';
import { INJECTED } from '../../../governance/policy/injected.ts';
import { STORE_ACCESS } from '../../../governance/policy/store-access.ts';
import { askingOptIns, followedAnnotations, OPT_INS } from '../../../injector/annotations/request.ts';
import { askingPod, judgeObject } from './admission.ts';

const PART = fc.constantFrom(
  'secret',
  'data',
  'team-a',
  'team-ab',
  'a',
  '..',
  '.',
  '',
  'x y',
  '*',
  '%2e%2e',
  '?',
);
const PATH = fc.array(PART, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
const BINDING = fc.array(
  fc.constantFrom(
    'secret/data/team-a',
    '/secret/data/',
    'secret/data/team-a/*',
    'secret*',
    'a/../b',
    '*',
    '/',
    '',
  ),
  { maxLength: 3 },
);

describe('what the sync takes for bound', () => {
  test('is what the policy takes for bound, for paths of Vault', () => {
    const property = fc.property(PATH, BINDING, (path, entries) => {
      const source = parseSecretSource(`vault:${path}`);
      const binding = parseVaultBinding(entries.join(','));
      fc.pre('value' in source && 'value' in binding && !path.includes('%') && !path.includes('//'));
      const bound = isBound({ infisical: [], vaultPaths: binding.value }, source.value);
      const pod = askingPod({ 'sidekey.dev/secret.a': `vault:${path}`, 'sidekey.dev/vault-role': 'r' });
      const annotations = { 'sidekey.dev/vault-paths': entries.join(','), 'sidekey.dev/vault-roles': 'r' };
      expect(judgeObject(STORE_ACCESS, pod, annotations).verdict).toBe(bound ? 'allowed' : 'denied');
    });
    fc.assert(property, { numRuns: 2000 });
  });

  test('is what the policy takes for bound, for folders of Infisical', () => {
    const place = fc.array(fc.constantFrom('ml', 'prod', 'serving', 'a', ''), { minLength: 2, maxLength: 5 });
    const bindings = fc.array(fc.constantFrom('ml/prod/serving', ' ml/prod/ ', 'ml/prod/a//a', 'a/a'), {
      maxLength: 2,
    });
    const property = fc.property(place, bindings, (parts, entries) => {
      const text = `infisical:${parts.join('/')}`;
      const source = parseSecretSource(text);
      const binding = parseInfisicalBinding(entries.join(','));
      fc.pre('value' in source && 'value' in binding);
      const bound = isBound({ infisical: binding.value, vaultPaths: [] }, source.value);
      const pod = askingPod({ 'sidekey.dev/secret.a': text });
      const { verdict } = judgeObject(STORE_ACCESS, pod, { 'sidekey.dev/infisical': entries.join(',') });
      expect(verdict).toBe(bound ? 'allowed' : 'denied');
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test('is never a path that climbs, whatever is bound', () => {
    const climbing = fc.tuple(PATH, fc.constantFrom('..', '.', '%2e%2e', '%2E.', '..%2f'), PATH);
    const property = fc.property(climbing, (parts) => {
      const pod = askingPod({
        'vault.hashicorp.com/role': 'r',
        'vault.hashicorp.com/agent-inject-secret-a': `secret/${parts.join('/').replaceAll('?', '')}`,
      });
      const annotations = { 'sidekey.dev/vault-paths': 'secret', 'sidekey.dev/vault-roles': 'r' };
      expect(judgeObject(STORE_ACCESS, pod, annotations).verdict).toBe('denied');
    });
    fc.assert(property, { numRuns: 500 });
  });
});

describe('what the injector reads', () => {
  const VALUES = [
    'true',
    'false',
    '1',
    '0',
    't',
    'f',
    'T',
    'F',
    'TRUE',
    'FALSE',
    'True',
    'False',
    '',
    'yes',
    ' true',
  ];
  const optIns = fc
    .array(fc.tuple(fc.constantFrom(...OPT_INS.map(({ key }) => key)), fc.constantFrom(...VALUES)), {
      maxLength: 2,
    })
    .map((entries): Readonly<Record<string, string>> => Object.fromEntries(entries));
  const foreign = {
    'vault.hashicorp.com/role': 'theirs',
    'sidekey.dev/vault-role': 'ours',
  };
  const podWith = (annotations: Readonly<Record<string, string>>) => {
    const pod = askingPod({});
    return { ...pod, metadata: { annotations } };
  };

  test('is what the policy judges: of a family that is declined, or of a pod that does not ask, nothing', () => {
    const property = fc.property(optIns, (keys) => {
      const annotations = { ...keys, ...foreign };
      const asking = askingOptIns(annotations).length > 0;
      const followed = Object.keys(asking ? followedAnnotations(annotations) : {});
      const { message = '' } = judgeObject(STORE_ACCESS, podWith(annotations));
      for (const key of Object.keys(foreign))
        expect(message.includes(`${key}: `)).toBe(followed.includes(key));
    });
    fc.assert(property, { numRuns: 500 });
  });

  test('is what has to have an agent', () => {
    const property = fc.property(optIns, (keys) => {
      const asking = askingOptIns(keys).length > 0;
      expect(judgeObject(INJECTED, podWith(keys)).verdict).toBe(asking ? 'denied' : 'not-matched');
    });
    fc.assert(property, { numRuns: 500 });
  });
});
