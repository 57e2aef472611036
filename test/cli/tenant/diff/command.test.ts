import { expect, test } from 'vitest';
import { parseDiff } from '../../../../cli/tenant/diff/command.ts';

const problems = (...args: readonly string[]): readonly string[] => {
  const command = parseDiff(args);
  return command.ok ? [] : command.problems.map(({ key, message }) => `${key}: ${message}`);
};

test('diff takes tenants, a cluster, and what alone is to be compared', () => {
  const cluster = ['--kubeconfig', 'config', '--context', 'prod'];
  const args = [
    '-f',
    'a',
    '--file=b',
    '--only',
    'vault',
    '--only',
    'kubernetes',
    '--action',
    'audit',
    '-o',
    'json',
  ];
  expect(parseDiff([...args, ...cluster])).toEqual({
    ok: true,
    value: {
      tenants: ['a', 'b'],
      only: ['vault', 'kubernetes'],
      action: 'audit',
      output: 'json',
      cluster: { kubeconfig: 'config', context: 'prod' },
    },
  });
  expect(parseDiff(['-f', 'a'])).toEqual({
    ok: true,
    value: { tenants: ['a'], action: 'deny', output: 'text', cluster: {} },
  });
  expect(parseDiff(['--help'])).toEqual({ ok: true, value: 'help' });
});

test('every mistake is named', () => {
  expect(problems('x', '--only', 'aws', '--action', 'x', '-o', 'yaml')).toEqual([
    'x: is one argument too many; name files with -f',
    '-f: must name a file or directory, or be - for standard input',
    '--only: must be one of kubernetes, vault, infisical',
    '--action: must be one of deny, audit',
    '-o: must be one of text, json',
  ]);
  expect(problems('--what')).toHaveLength(1);
});

test.each(['http://127.0.0.1:8001', 'http://localhost:8001', 'http://[::1]:8001'])(
  '%s is a server',
  (server) => {
    expect(problems('-f', 'a', '--server', server)).toEqual([]);
  },
);

test.each([
  'https://10.0.0.1',
  'http://10.0.0.1:8001',
  'http://127.0.0.1.example.com',
  '127.0.0.1:8001',
  'http://me:x@127.0.0.1',
])('%s is none that asks for nobody’s name', (server) => {
  expect(problems('-f', 'a', '--server', server)).toEqual([
    '--server: must be a plain address on this machine, such as http://127.0.0.1:8001',
  ]);
});

test('a server is a cluster by itself', () => {
  expect(problems('-f', 'a', '--server', 'http://127.0.0.1:8001', '--context', 'prod')).toEqual([
    '--server: is a cluster by itself; leave out --kubeconfig and --context',
  ]);
});
