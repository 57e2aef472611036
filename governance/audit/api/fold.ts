import type { Fold } from '../reader.ts';
import { isWithin, type Scope } from '../scope.ts';
import { addDenials } from './denial.ts';
import { isApiRecord, readEvent } from './event.ts';
import { createHands } from './hands.ts';
import { learnLife } from './lives.ts';
import { createRules } from './rules.ts';
import { addValues } from './values.ts';

/** Reads the audit log of the API server, line by line. */
export function createApiFold(scope: Scope): Fold {
  const hands = createHands(scope);
  const rules = createRules(scope);
  return {
    isRecord: isApiRecord,
    take(line) {
      if (line.object['stage'] === 'RequestReceived' || line.at > scope.window.until) return;
      const event = readEvent(line);
      hands.take(event);
      if (event.stage === 'started') return;
      learnLife(event, scope);
      rules.take(event);
      addValues(event, scope);
      if (isWithin(scope.window, event.at)) addDenials(event, scope);
    },
  };
}
