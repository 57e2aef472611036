import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shellLine } from '../../../governance/tenant/render/shell.ts';

it('a shell takes every word as it was, whatever is in it', () => {
  const nasty = fc.constantFrom(
    "'",
    '"',
    '$(id)',
    '`id`',
    '\\',
    '\n',
    '; exit 1',
    '$IFS',
    '*',
    '-n',
    ' ',
    '',
  );
  const word = fc
    .array(fc.oneof(nasty, fc.string()), { maxLength: 4 })
    .map((parts) => parts.join('').replaceAll('\0', ''));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
      const printed = execFileSync('sh', ['-c', shellLine(String.raw`printf '%s\0'`, words)], {
        encoding: 'utf8',
      });
      expect(printed.split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 50 },
  );
});
