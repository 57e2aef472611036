import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseQuantity } from '../../../contract/quantity.ts';
import { storedQuantity } from '../../../governance/tenant/quantity.ts';

it.each([
  ['0', '0'],
  ['0Gi', '0'],
  ['64', '64'],
  ['1000', '1k'],
  ['1500', '1500'],
  ['0.5', '500m'],
  ['1000m', '1'],
  ['1e3', '1k'],
  ['512Gi', '512Gi'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['0.5Ki', '512'],
  ['1000Ki', '1000Ki'],
  ['1025', '1025'],
])('%s is stored as %s', (text, stored) => {
  expect(storedQuantity(text)).toBe(stored);
});

it.each(['', 'much', '-1', '-1Gi', '1GiB'])('%j is not stored', (text) => {
  expect(storedQuantity(text)).toBeUndefined();
});

it('what is stored is the same amount, and is stored as it is', () => {
  const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5_000_000 }), suffix, (number, unit) => {
      const stored = storedQuantity(`${number}${unit}`) ?? '';
      expect(parseQuantity(stored)).toBe(parseQuantity(`${number}${unit}`));
      expect(storedQuantity(stored)).toBe(stored);
    }),
  );
});
