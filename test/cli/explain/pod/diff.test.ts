import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject } from '#contract/json.ts';
import { diff } from '../../../../cli/explain/pod/diff.ts';
import { injected, podWith, annotations } from '../../../injector/admission/example.ts';

const shown = (before: JsonObject, after: JsonObject): readonly string[] =>
  diff(before, after).map(({ mark, text }) => mark + text);

test('what is the same is not shown, only the way to what is not', () => {
  const before = { kept: 'secret', a: { kept: 1, list: [{ name: 'x', kept: 2 }, { name: 'y' }] } };
  const after = { kept: 'secret', a: { kept: 1, list: [{ name: 'x', kept: 2, new: true }, { name: 'y' }] } };
  expect(shown(before, after)).toEqual([' a:', '   list:', '   - name: x', '+    new: true']);
});

test('entries come and go whole, and values are replaced', () => {
  const before = { list: [{ name: 'gone', of: { a: 1 } }, { name: 'b' }], value: 1, gone: [1] };
  const after = { list: [{ name: 'b' }, { name: 'c', of: [1, 2] }], value: 'one' };
  expect(shown(before, after)).toEqual([
    '-gone:',
    '-- 1',
    ' list:',
    '-- name: gone',
    '-  of:',
    '-    a: 1',
    '+- name: c',
    '+  of:',
    '+  - 1',
    '+  - 2',
    '-value: 1',
    '+value: one',
  ]);
});

test('nothing is shown of equals', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      expect(diff(value as JsonObject, structuredClone(value) as JsonObject)).toEqual([]);
    }),
  );
});

test('the whole of an object that is new is shown, as YAML that reads as the object', () => {
  const words = fc.stringMatching(/^[a-z]{1,9}$/u);
  const values = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, words, fc.integer(), fc.boolean(), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(words, tie('value'), { maxKeys: 3 }),
  }));
  fc.assert(
    fc.property(values.object, (object) => {
      const lines = diff({}, object as JsonObject);
      expect(lines.every(({ mark }) => mark === '+')).toBe(true);
      expect(parse(lines.map(({ text }) => text).join('\n')) ?? {}).toEqual(object);
    }),
  );
});

test('the agent’s configuration is not shown in base64, nor is a variable of somebody else’s', () => {
  const pod = podWith(annotations(), {
    containers: [{ name: 'a', image: 'a', env: [{ name: 'TOKEN', value: 'hunter2' }] }],
  });
  const text = shown(pod, injected(pod)).join('\n');
  expect(text).toMatch(/value: \S+… \(\d+ characters\)/u);
  expect(text).not.toContain('hunter2');
});
