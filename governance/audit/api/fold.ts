import type { LineFault, LogLine } from '../line.ts';
import { isWithin, type Scope } from '../scope.ts';
import { addDenials } from './denial.ts';
import { readEvent } from './event.ts';
import { createHands } from './hands.ts';
import { learnLife } from './lives.ts';
import { createRules } from './rules.ts';
import { addValues } from './values.ts';

/** Reads the audit log of the API server, line by line. */
export interface ApiFold {
  /** What is wrong with the line, if something is. */
  line(line: LogLine): LineFault | undefined;
}

export function createApiFold(scope: Scope): ApiFold {
  const hands = createHands(scope);
  const rules = createRules(scope);
  return {
    line(line) {
      const event = readEvent(line);
      if (event === undefined) return 'foreign';
      if (event === 'early' || line.at > scope.window.until) return undefined;
      hands.take(event);
      if (event.stage === 'started') return undefined;
      learnLife(event, scope);
      rules.take(event);
      addValues(event, scope);
      if (isWithin(scope.window, event.at)) addDenials(event, scope);
      return undefined;
    },
  };
}
