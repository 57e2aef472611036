/** True for what can be sent as a token: one word of plain signs. Anything else no header takes. */
export const isToken = (text: string): boolean => /^[!-~]+$/u.test(text);
