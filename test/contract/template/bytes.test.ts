import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteLength, decodeBytes, encodeText } from '#contract/template/bytes.ts';

const bytes = fc.uint8Array({ maxLength: 64 });

test('any bytes come back as they were', () => {
  fc.assert(
    fc.property(bytes, (source) => {
      const text = decodeBytes(source);
      expect([...encodeText(text)]).toEqual([...source]);
      expect(byteLength(text)).toBe(source.length);
    }),
    { numRuns: 2_000 },
  );
});

test('text is its UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (source) => {
      const text = source.toWellFormed();
      expect(decodeBytes(Buffer.from(text))).toBe(text);
      expect(encodeText(text).equals(Buffer.from(text))).toBe(true);
    }),
  );
});

test('valid UTF-8 is never escaped, anything else is: as the decoder of the platform sees it', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const isValid = (source: Uint8Array) => {
    try {
      decoder.decode(source);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0x41, 0x80, 0xa0, 0xbf, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0x90)),
      (items) => {
        const source = Uint8Array.from(items);
        expect(decodeBytes(source).isWellFormed()).toBe(isValid(source));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('two texts joined are their bytes joined, even where the bytes make a character together', () => {
  const text = decodeBytes(Uint8Array.of(0xc3)) + decodeBytes(Uint8Array.of(0xa9));
  expect(encodeText(text).toString()).toBe('é');
});
