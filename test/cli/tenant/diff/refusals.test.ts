import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRefusals } from '../../../../cli/tenant/diff/refusals.ts';

const NOTES = [
  ['denied roles', 'Cannot get roles b'],
  ['denied roles', 'Cannot get roles a'],
  ['denied quotas', 'Cannot get quotas'],
  ['', 'no connection'],
] as const;

test('what is told does not depend on which answer came first', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...NOTES], { minLength: NOTES.length }), (notes) => {
      const refusals = createRefusals('kubernetes');
      for (const [key, message] of notes) refusals.note(key, message);
      expect(refusals.all().map(({ message }) => message)).toEqual([
        'Cannot get quotas',
        'Cannot get roles a; and 1 more of this kind',
        'no connection',
      ]);
    }),
  );
});

test('those on their way when a server fell silent say nothing new', () => {
  const refusals = createRefusals('vault');
  refusals.fallSilent('no connection');
  refusals.note('denied', 'Cannot read a');
  refusals.fallSilent('no connection either');
  expect(refusals.isSilent()).toBe(true);
  expect(refusals.all()).toEqual([{ destination: 'vault', message: 'no connection' }]);
});
