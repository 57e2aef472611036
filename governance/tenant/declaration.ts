import type { JsonObject } from '#contract/json.ts';

/** Where something stands, as editors count: both from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One document of a file, and where each part of it stands. */
export interface Declaration {
  readonly value: JsonObject;
  /** Where a field is, or, if it is not there, the nearest one around it. */
  at(path: readonly string[]): Place;
}

/** One thing to say of the files. */
export interface Remark {
  readonly place: Place;
  /** The dotted path of a field. */
  readonly subject: string;
  /** What is wrong and what to write instead. */
  readonly message: string;
}

/** `tenants/a.yaml:9`. */
export const describePlace = ({ file, line }: Place): string => `${file}:${line}`;
