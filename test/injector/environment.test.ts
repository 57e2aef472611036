import { expect, test } from 'vitest';
import { Environment } from '../../injector/environment.ts';

const problemsOf = (address: string): readonly string[] => {
  const environment = new Environment({});
  environment.urls('ADDRESS', [address]);
  return environment.problems.map(({ key }) => key);
};

test.each(['https://vault:8200', 'http://[fd00::1]:8200/', 'https://example.com/vault', 'https://vault.'])(
  'an address is one that paths can be put behind: %s',
  (address) => expect(problemsOf(address)).toEqual([]),
);

test.each([
  'vault:8200',
  'ftp://vault',
  'https://',
  'https://vault:99999',
  'https://vault:8200?x',
  'https://vault:8200/#x',
  'https://*.example',
  'https://me:hunter2@vault',
  'https://a https://b',
])('and nothing else is: %s', (address) => expect(problemsOf(address)).toEqual(['ADDRESS']));
