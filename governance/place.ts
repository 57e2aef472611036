/** Where something stands, as editors count: both from 1. */
export interface Place {
  /** As it was named on the command line; `stdin` for `-`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `secret.yaml:9`. */
export const describePlace = ({ file, line }: Place): string => `${file}:${line}`;
