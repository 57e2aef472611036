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
      output: 'json',
    },
  });
});

test('without anything else it explains files as a text', () => {
  expect(parseExplain(['-f', 'a'])).toMatchObject({
    value: { files: ['a'], namespace: {}, output: 'text' },
  });
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
  expect(problems('--what')).toEqual(['arguments']);
});
