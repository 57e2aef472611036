/** A text on one line, in which nothing moves the cursor, colours, or turns what follows around: names in a manifest are anybody's. */
export const visible = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '\uFFFD');
