import { describe, expect, test } from 'vitest';
import { parseTemplate } from '#contract/template/parse.ts';
import { evaluate } from '../../../../agent/template/evaluate.ts';
import { FUNCTIONS } from '../../../../agent/template/functions/table.ts';
import type { TemplateFiles, WrittenFile } from '../../../../agent/template/files.ts';

const FILES: TemplateFiles = {
  read: (path) => (path === '/pending' ? undefined : `<${path}>`),
  place: (path) => ({ volume: '/v', path }),
};

function evaluated(text: string, files: TemplateFiles | undefined = FILES): ReturnType<typeof evaluate> {
  const inputs = { has: () => true, secret: () => undefined, env: () => undefined, now: () => new Date(0) };
  return evaluate(
    { template: parseTemplate({ text, left: '{{', right: '}}' }), functions: FUNCTIONS },
    { ...inputs, ...(files && { files }) },
  );
}

function written(args: string): readonly (Omit<WrittenFile, 'content'> & { readonly text: string })[] {
  const evaluation = evaluated(`{{ writeToFile ${args} }}`);
  if (!evaluation.ok) throw new Error('it waits');
  return (evaluation.written ?? []).map(({ content, ...file }) => ({ ...file, text: content.reveal() }));
}

describe('writeToFile', () => {
  test('writes its last argument and gives no text', () => {
    expect(written('"a" "" "" "0640" "x"')).toEqual([
      { volume: '/v', path: 'a', mode: 0o640, appends: false, text: 'x' },
    ]);
    expect(evaluated('[{{ "x" | writeToFile "a" "" "" "0640" }}]')).toMatchObject({ ok: true });
  });

  test('takes flags where there are two arguments after the permissions', () => {
    expect(written('"a" "" "" "644" "append" "x"')).toMatchObject([{ appends: true, text: 'x' }]);
    expect(written('"a" "" "" "644" "newline" "x"')).toMatchObject([{ appends: false, text: 'x\n' }]);
    expect(written('"a" "" "" "644" "append,newline" "x"')).toMatchObject([{ appends: true, text: 'x\n' }]);
    expect(written('"a" "" "" "644" "other" "x"')).toMatchObject([{ appends: false, text: 'x' }]);
    expect(written('"a" "" "" "644" "append" "newline" "x"')).toMatchObject([{ appends: false, text: 'x' }]);
  });

  test.each(['', 'vault', 'openbao', '100'])('takes the user %j for that of the agent', (user) => {
    expect(written(`"a" "${user}" "" "644" "x"`)).toHaveLength(1);
  });

  test.each(['', 'vault', 'openbao', '1000'])('takes the group %j for that of the agent', (group) => {
    expect(written(`"a" "" "${group}" "644" "x"`)).toHaveLength(1);
  });

  test.each([
    ['"a" "root" "" "644" "x"', 'files belong to the user of the agent'],
    ['"a" "" "0" "644" "x"', 'files belong to the group of the agent'],
    ['"a" "" "" "" "x"', 'the permissions are not octal'],
    ['"a" "" "" "0o644" "x"', 'the permissions are not octal'],
    ['"a" "" "" "0899" "x"', 'the permissions are not octal'],
    ['"a" "" "" "04755" "x"', 'the permissions are not octal'],
    ['"a" "" "" "0044" "x"', 'do not let the owner read'],
    ['"a" "" "" "0644"', 'expected the content as the last argument'],
    ['"a" "" "" "0644" 1', 'wrong type of argument: int; expected string'],
  ])('refuses %s: %s', (args, reason) => {
    expect(() => written(args)).toThrow(reason);
  });
});

describe('file', () => {
  test('gives the text of a file, and waits for one that is not there yet', () => {
    const evaluation = evaluated('{{ file "/a" }}');
    expect(evaluation.ok && evaluation.text.reveal()).toBe('</a>');
    expect(evaluated('{{ file "/pending" }}')).toEqual({ ok: false, missing: [], used: [] });
  });
});

test.each(['file "/a"', 'writeToFile "a" "" "" "0644" "x"'])(
  'where there are no files, %s is refused',
  (call) => {
    const inputs = { has: () => true, secret: () => undefined, env: () => undefined, now: () => new Date(0) };
    const template = parseTemplate({ text: `{{ ${call} }}`, left: '{{', right: '}}' });
    expect(() => evaluate({ template, functions: FUNCTIONS }, inputs)).toThrow(
      /no file can be (?:read|written) here/u,
    );
  },
);
