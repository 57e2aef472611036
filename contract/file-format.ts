/** How the values of a secret are written into a file. `docs/formats.md` has the bytes. */
export const FILE_FORMATS = [
  // One value as it is; of several, a line `key: value` each.
  'raw',
  // One object of all values, or one value alone.
  'json',
  // One mapping of all values, or one value alone.
  'yaml',
  // A line `KEY='value'` each, for shells and for those who read `.env` files.
  'dotenv',
  // A line `key=value` each, for Java.
  'properties',
] as const;

export type FileFormat = (typeof FILE_FORMATS)[number];
