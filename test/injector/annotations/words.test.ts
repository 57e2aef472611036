import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords } from '../../../injector/annotations/words.ts';

describe('a command', () => {
  it.each([
    ['kill -HUP nginx', ['kill', '-HUP', 'nginx']],
    ['  touch\t/vault/secrets/a  ', ['touch', '/vault/secrets/a']],
    [`tell "a b" 'c "d' e'f'"g"`, ['tell', 'a b', 'c "d', 'efg']],
    [`tell '' ""`, ['tell', '', '']],
    [`tell '$HOME' --a=b,c:%d@e+f`, ['tell', '$HOME', '--a=b,c:%d@e+f']],
  ])('is split where a shell would split it: %s', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  it.each([
    'kill -HUP $(pidof nginx)',
    'kill -HUP `pidof nginx`',
    'tell "$HOME"',
    'tell "a\\"b"',
    'a && b',
    'a | b',
    'a; b',
    'a > b',
    'a & ',
    'a *',
    '~/a',
    'a\\ b',
    'a # b',
    "tell 'open",
    'tell "open',
    'a\nb',
    ' ',
    '',
  ])('is none if a shell would do more: %s', (text) => {
    expect(splitWords(text)).toBeUndefined();
  });

  it('is what a real shell makes of it, wherever it is taken', () => {
    const letters = fc.constantFrom(...`ab '"$\\;|&*~#\t=-/.:`.split(''));
    const texts = fc.array(fc.string({ unit: letters, maxLength: 12 }), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(texts, (all) => {
        for (const text of all) {
          const words = splitWords(`tell ${text}`);
          if (words === undefined) continue;
          const script = `tell() { printf '%s\\0' tell "$@"; }; tell ${text}`;
          const { stdout } = spawnSync('/bin/sh', ['-fc', script], { encoding: 'utf8' });
          expect(stdout.split('\0').slice(0, -1), text).toEqual(words);
        }
      }),
      { numRuns: 5 },
    );
  });
});
