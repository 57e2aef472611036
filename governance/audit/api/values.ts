import { annotationsIn } from '#contract/json.ts';
import { isWithin, type Scope } from '../scope.ts';
import { type ApiEvent, isDone, isMachine, objectText } from './event.ts';
import { breakGlassCells, tell } from './tell.ts';

const READS = new Set(['get', 'list', 'watch']);

/** What ends the sync of a Secret, and leaves its values to whoever can write them. */
const OPT_OUT = 'infisical.com/secret-sync';

/** Says who took values of Secrets, or a service account's identity, past the agent. */
export function addValues(event: ApiEvent, scope: Scope): void {
  if (event.group !== '' || !isDone(event) || !isWithin(scope.window, event.at)) return;
  const asked = `${event.verb} ${event.resource}`;
  if (asked === 'create serviceaccounts/token') addOften(event, 'service account token', scope);
  if (event.resource !== 'secrets') return;
  if (READS.has(event.verb)) addOften(event, 'read of a Secret', scope);
  else if (annotationsIn(event.requestObject)[OPT_OUT] === 'false')
    tell(event, { kind: 'sync switched off', what: OPT_OUT }, scope);
}

/** The cluster's own components do so all day. */
function addOften(event: ApiEvent, kind: string, scope: Scope): void {
  if (isMachine(event)) return;
  const key = [kind, event.username, event.impersonator, event.verb, event.namespace, objectText(event)].join(
    ' ',
  );
  scope.breakGlass.add(key, event, () => breakGlassCells(event, { kind }, scope));
}
