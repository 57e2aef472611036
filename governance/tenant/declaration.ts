import type { JsonObject } from '#contract/json.ts';
import type { Place } from '../place.ts';

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
