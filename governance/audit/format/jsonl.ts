import type { Format } from './format.ts';

/** For evidence: an object on each line, as soon as it is known. What is not known is not there. */
export const JSON_LINES: Format = {
  begin: () => '',
  row: (section, cells) => `${JSON.stringify({ section, ...cells })}\n`,
  end: () => '',
};
