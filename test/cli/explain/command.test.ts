import { expect, test } from 'vitest';
import { parseExplain } from '../../../cli/explain/command.ts';

const problems = (...args: readonly string[]): readonly string[] => {
  const command = parseExplain(args);
  return command.ok ? [] : command.problems.map(({ key }) => key);
};

test('explain takes files, a namespace, its annotations and a form', () => {
  const args = ['-f', 'a.yaml', '--file=-', '-n', 'ml', '-o', 'json'];
  const annotations = ['sidekey.dev/infisical=ml/prod', 'a=b=c'].flatMap((one) => [
    '--namespace-annotations',
    one,
  ]);
  expect(parseExplain([...args, ...annotations])).toEqual({
    ok: true,
    value: {
      files: ['a.yaml', '-'],
      namespace: { namespace: 'ml', annotations: { 'sidekey.dev/infisical': 'ml/prod', a: 'b=c' } },
      injectors: [],
      output: 'json',
      colour: 'auto',
    },
  });
});

test('without anything else it explains files as a text', () => {
  expect(parseExplain(['-f', 'a'])).toMatchObject({
    value: { files: ['a'], namespace: {}, output: 'text' },
  });
});

test.each([
  [['--color'], 'always'],
  [['--color=never'], 'never'],
  [[], 'auto'],
])('%j says %s of colours', (args, colour) => {
  expect(parseExplain(['-f', 'a', ...args])).toMatchObject({ value: { colour } });
});

test('the injector may be named, but not read from where the manifests come from', () => {
  expect(parseExplain(['-f', 'a', '--injector', '-'])).toMatchObject({ value: { injectors: ['-'] } });
  expect(problems('-f', '-', '--injector', '-')).toEqual(['-f']);
});

test.each([[['--help']], [['-h']], [['-f', 'a', '-h']]])('%s asks for help', (args) => {
  expect(parseExplain(args)).toEqual({ ok: true, value: 'help' });
});

test('every mistake is named', () => {
  expect(problems()).toEqual(['-f']);
  expect(problems('a.yaml')).toEqual(['a.yaml']);
  expect(problems('-f', '-', '-f', '-')).toEqual(['-f']);
  expect(problems('-f', 'a', '-o', 'xml', '--namespace-annotations', 'a')).toEqual([
    '--namespace-annotations',
    '-o',
  ]);
  expect(problems('-f', 'a', '--color=pink')).toEqual(['--color']);
  expect(problems('--what')).toEqual(['arguments']);
});
