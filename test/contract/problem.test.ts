import { expect, test } from 'vitest';
import { describeProblems, parsed, rejected } from '../../contract/problem.ts';

test('problems are shown one a line, each behind its key', () => {
  const problems = [
    { key: 'config.files', message: 'must be a list' },
    { key: 'sidekey.dev/poll', message: 'must be a duration' },
  ];
  expect(describeProblems(problems)).toBe(
    'config.files: must be a list\nsidekey.dev/poll: must be a duration',
  );
});

test('a result is either a value or problems', () => {
  expect(parsed(1)).toEqual({ ok: true, value: 1 });
  const problems = [{ key: 'a', message: 'b' }];
  expect(rejected(problems)).toEqual({ ok: false, problems });
});
