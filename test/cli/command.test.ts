import { expect, test } from 'vitest';
import { parseCommand } from '../../cli/command.ts';

const problems = (...args: readonly string[]): readonly string[] => {
  const command = parseCommand(args);
  return command.ok ? [] : command.problems.map(({ key }) => key);
};

test('explain takes files, a namespace, its annotations and a form', () => {
  const args = ['explain', '-f', 'a.yaml', '--file=-', '-n', 'ml', '-o', 'json'];
  const annotations = ['sidekey.dev/infisical=ml/prod', 'a=b=c'].flatMap((one) => [
    '--namespace-annotations',
    one,
  ]);
  expect(parseCommand([...args, ...annotations])).toEqual({
    ok: true,
    value: {
      name: 'explain',
      files: ['a.yaml', '-'],
      namespace: { namespace: 'ml', annotations: { 'sidekey.dev/infisical': 'ml/prod', a: 'b=c' } },
      output: 'json',
    },
  });
});

test('without anything else it explains files as a text', () => {
  expect(parseCommand(['explain', '-f', 'a'])).toMatchObject({
    value: { files: ['a'], namespace: {}, output: 'text' },
  });
});

test.each([['--help'], ['-h'], ['help'], ['explain', '-h']])('%s asks for help', (...args) => {
  expect(parseCommand(args)).toEqual({ ok: true, value: { name: 'help' } });
});

test('every mistake is named', () => {
  expect(problems()).toEqual(['command']);
  expect(problems('explane')).toEqual(['explane']);
  expect(problems('explain')).toEqual(['-f']);
  expect(problems('explain', 'a.yaml')).toEqual(['a.yaml']);
  expect(problems('explain', '-f', '-', '-f', '-')).toEqual(['-f']);
  expect(problems('explain', '-f', 'a', '-o', 'xml', '--namespace-annotations', 'a')).toEqual([
    '--namespace-annotations',
    '-o',
  ]);
  expect(problems('explain', '--what')).toEqual(['arguments']);
});
