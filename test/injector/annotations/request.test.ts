import { describe, expect, it } from 'vitest';
import {
  askingOptIns,
  asksNativelyAlone,
  decliningOptIns,
  followedAnnotations,
  OPT_INS,
} from '../../../injector/annotations/request.ts';

const [THEIRS, OPENBAOS, OURS] = [
  'vault.hashicorp.com/agent-inject',
  'openbao.org/agent-inject',
  'sidekey.dev/inject',
];

const asks = (found: Readonly<Record<string, string>>): readonly string[] =>
  askingOptIns(found).map(({ key }) => key);

it('each family has one opt-in', () => {
  expect(OPT_INS.map(({ key }) => key)).toEqual([THEIRS, OPENBAOS, OURS]);
});

describe('a pod asks for an agent', () => {
  it.each(['true', '1', 'T', 'yes', ' '])('in the words of the Vault Agent Injector with %j', (text) => {
    expect(asks({ [THEIRS]: text })).toEqual([THEIRS]);
  });

  it.each(['true', '1', 'True', '', 'yes', 'False'])(
    'in Sidekey’s own with %j, though one spelling alone is right',
    (text) => {
      expect(asks({ [OURS]: text })).toEqual([OURS]);
    },
  );

  it('not with false, nothing, or other keys alone', () => {
    expect(asks({ [THEIRS]: 'F' })).toEqual([]);
    expect(asks({ [THEIRS]: '' })).toEqual([]);
    expect(asks({ [OURS]: 'false' })).toEqual([]);
    expect(asks({ 'vault.hashicorp.com/role': 'ml', 'sidekey.dev/secret.a': 'vault:a' })).toEqual([]);
    expect(asks({ 'example.com/sidekey.dev/inject': 'true' })).toEqual([]);
  });

  it('not with what other injectors are asked with', () => {
    expect(asks({ 'org.infisical.com/inject': 'true', 'openbao.org/role': 'ml' })).toEqual([]);
  });

  it('in the words of the OpenBao Agent Injector, which are spelt as those of the Vault Agent Injector', () => {
    expect(asks({ [OPENBAOS]: 'T' })).toEqual([OPENBAOS]);
    expect(asks({ [OPENBAOS]: 'yes' })).toEqual([OPENBAOS]);
    expect(asks({ [OPENBAOS]: '' })).toEqual([]);
    expect(asksNativelyAlone({ [OPENBAOS]: 'true', [OURS]: 'true' })).toBe(false);
  });

  it('in one family, or in both', () => {
    expect(asks({ [THEIRS]: 'true', [OURS]: 'true' })).toEqual([THEIRS, OURS]);
    expect(asksNativelyAlone({ [OURS]: 'true' })).toBe(true);
    expect(asksNativelyAlone({ [OURS]: 'true', [THEIRS]: 'false' })).toBe(true);
    expect(asksNativelyAlone({ [OURS]: 'true', [THEIRS]: 'true' })).toBe(false);
    expect(asksNativelyAlone({ [THEIRS]: 'true' })).toBe(false);
  });
});

describe('one opt-in', () => {
  const all = { 'vault.hashicorp.com/role': 'ml', 'sidekey.dev/poll': '1m', 'other.example/a': 'b' };

  it('stands for both families', () => {
    expect(followedAnnotations({ ...all, [THEIRS]: 'true' })).toEqual({ ...all, [THEIRS]: 'true' });
    expect(decliningOptIns({ ...all, [THEIRS]: 'true' })).toEqual([]);
  });

  it('stands for its own where the other says no', () => {
    expect(followedAnnotations({ ...all, [THEIRS]: 'false', [OURS]: 'true' })).toEqual({
      'sidekey.dev/poll': '1m',
      'other.example/a': 'b',
      [OURS]: 'true',
    });
    expect(decliningOptIns({ ...all, [THEIRS]: 'true', [OURS]: 'false' }).map(({ key }) => key)).toEqual([
      OURS,
    ]);
  });
});
