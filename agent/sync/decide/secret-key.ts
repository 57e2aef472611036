/** What a key of a Secret may be, to complete "expected …". */
export const KEY_FORM = 'letters, digits, "-", "_" and ".", at most 253 of them';

/** True if a Secret can have a key of this name. */
export const isSecretKey = (key: string): boolean => /^(?!\.{1,2}$|\.\.)[-._a-zA-Z0-9]{1,253}$/u.test(key);
