import type { Place } from '../../place.ts';
import type { Declaration, Remark } from '../declaration.ts';

/** Takes what there is to say of one document. */
export interface Report {
  problem(path: readonly string[], message: string): void;
  note(path: readonly string[], message: string): void;
  place(path: readonly string[]): Place;
}

/** All that was said. */
export interface Remarks {
  readonly problems: Remark[];
  readonly notes: Remark[];
}

export function reportOn(declaration: Declaration, { problems, notes }: Remarks): Report {
  const remark = (path: readonly string[], message: string): Remark => ({
    place: declaration.at(path),
    subject: describePath(path),
    message,
  });
  return {
    problem: (path, message) => void problems.push(remark(path, message)),
    note: (path, message) => void notes.push(remark(path, message)),
    place: (path) => declaration.at(path),
  };
}

/** `spec.accelerators.allow[0].max`. */
const describePath = (path: readonly string[]): string =>
  path.map((part, index) => describePart(part, index === 0)).join('');

function describePart(part: string, isFirst: boolean): string {
  if (/^\d+$/u.test(part)) return `[${part}]`;
  if (!/^[\w-]+$/u.test(part)) return `[${JSON.stringify(part)}]`;
  return isFirst ? part : `.${part}`;
}

/** Of a document that is not there, in which nothing can be wrong. */
export const SILENT: Report = {
  problem: () => undefined,
  note: () => undefined,
  place: () => ({ file: '', line: 1, column: 1 }),
};
