import { shellWord as quoted } from '../../governance/tenant/render/shell.ts';

/** As a shell takes it, whatever is in it; without quotes where it needs none, for people to read. */
export const shellWord = (word: string): string => (/^[\w./:@%+=,-]+$/u.test(word) ? word : quoted(word));
