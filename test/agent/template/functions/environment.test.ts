import { expect, test } from 'vitest';
import { rendered } from '../rendering.ts';

const env = { SET: 'value', EMPTY: '' };

test('a variable that is not set is empty', () => {
  expect(
    rendered('[{{ env "SET" }}][{{ env "EMPTY" }}][{{ env "UNSET" }}][{{ env "__proto__" }}]', { env }),
  ).toBe('[value][][][]');
});

test('the default stands for a variable that is not set, not for an empty one', () => {
  expect(rendered('[{{ envOrDefault "EMPTY" "d" }}][{{ envOrDefault "UNSET" "d" }}]', { env })).toBe('[][d]');
});

test('a variable that must be there may not be empty', () => {
  expect(rendered('{{ mustEnv "SET" }}', { env })).toBe('value');
  expect(() => rendered('{{ mustEnv "EMPTY" }}', { env })).toThrow(
    'the environment variable is empty or not set',
  );
});
