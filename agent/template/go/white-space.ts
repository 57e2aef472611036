/** Trims what Go calls white space: that of Unicode, without the byte order mark that JavaScript trims too. */
export function trimSpace(text: string): string {
  return text.replace(/^\p{White_Space}+/u, '').replace(/\p{White_Space}+$/u, '');
}
