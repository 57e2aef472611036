import { isArray } from '#contract/json.ts';
import { describeLine } from '../line.ts';
import type { RowOf } from '../row.ts';
import type { Scope } from '../scope.ts';
import { shownName } from '../shown.ts';
import { type ApiEvent, objectText, userText } from './event.ts';

/** What all rows of the section about the API server say. */
export function breakGlassCells(
  event: ApiEvent,
  special: RowOf<'breakGlass'>,
  { tenantOf }: Pick<Scope, 'tenantOf'>,
): RowOf<'breakGlass'> {
  const { id, namespace, place, verb } = event;
  return {
    outcome: 'done',
    user: userText(event),
    tenant: tenantOf(namespace),
    namespace: shownName(namespace),
    operation: shownName(verb),
    object: objectText(event),
    from: addressOf(event),
    requestId: shownName(id),
    source: describeLine(place),
    ...special,
  };
}

/** Adds what happened once. */
export function tell(
  event: ApiEvent,
  special: RowOf<'breakGlass'>,
  scope: Pick<Scope, 'emit' | 'tenantOf'>,
): void {
  const once = { first: event.time, last: event.time, count: 1 };
  scope.emit('breakGlass', { ...once, ...breakGlassCells(event, special, scope) });
}

/** The address that a request came from, before any proxies. */
function addressOf({ object }: ApiEvent): string | undefined {
  const addresses = object['sourceIPs'];
  return isArray(addresses) ? shownName(addresses[0]) : undefined;
}
