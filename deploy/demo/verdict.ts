/** What the model server says of itself. */
export interface Answer {
  /** Whether it accepted the key it was asked with. */
  readonly accepted: boolean;
  /** The last characters of the key it goes by. */
  readonly key: string;
  readonly pid: number;
  /** The checksum of the model it holds. */
  readonly model: string;
  readonly loadedInMs: number;
}

/** The model server before and after the rotation, and after it when asked with the old key. */
export interface Observed {
  readonly before: Answer;
  readonly after: Answer;
  readonly withOldKey: Answer;
}

/** Everything that a rotation must not do, and did. */
export function faults({ before, after, withOldKey }: Observed): string[] {
  return [
    ...(after.pid === before.pid
      ? []
      : [`The model server restarted: PID ${before.pid} became ${after.pid}`]),
    ...(after.model === before.model
      ? []
      : [`The model was loaded again: ${before.model} became ${after.model}`]),
    ...(after.accepted ? [] : ['The model server refuses the new key']),
    ...(withOldKey.accepted ? ['The model server still accepts the old key'] : []),
  ];
}
