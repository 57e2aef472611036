/**
 * How a file is replaced: absent, with all others of its volume at once; by a new file in its place; or by writing into the
 * one that stands there, for readers that hold on to it.
 */
export const WRITES = ['rename', 'in-place'] as const;
export type Write = (typeof WRITES)[number];
