/** Trims what Go calls white space: that of Unicode, without the byte order mark that JavaScript trims too. */
export function trimSpace(text: string): string {
  if (isPlain(text.charAt(0)) && isPlain(text.charAt(text.length - 1))) return text;
  return text.replace(/^\p{White_Space}+/u, '').replace(/\p{White_Space}+$/u, '');
}

/** The patterns above take a millisecond to make, and there is mostly nothing to cut. */
const isPlain = (character: string): boolean => character > ' ' && character < '\u007f';
