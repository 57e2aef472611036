import { forgetOldest } from '../kept/oldest.ts';
import { isWithin, type Scope } from '../scope.ts';
import { shownName } from '../shown.ts';
import { type ApiEvent, isDryRun } from './event.ts';
import { tell } from './tell.ts';

/** Subresources by which somebody gets into a running pod. */
const HANDS: ReadonlyMap<string, string> = new Map([
  ['pods/exec', 'exec'],
  ['pods/attach', 'attach'],
  ['pods/portforward', 'port-forward'],
  ['pods/proxy', 'proxy'],
  ['pods/ephemeralcontainers', 'ephemeral container'],
  ['nodes/proxy', 'node proxy'],
]);

/** Says who reached into a running pod, as soon as the connection is there. */
export interface Hands {
  take(event: ApiEvent): void;
}

/** Sessions whose end is not in the log; beyond so many the oldest are forgotten. */
const MOST_OPEN = 10_000;

export function createHands(scope: Scope): Hands {
  /** Told when they began; the end of the same request is no other. */
  const told = new Set<string>();
  return {
    take(event) {
      const kind = HANDS.get(event.resource);
      if (kind === undefined || isHarmless(event)) return;
      const wasTold = told.delete(event.id);
      if (event.stage === 'started') told.add(event.id);
      forgetOldest(told, MOST_OPEN);
      if (!wasTold && isWithin(scope.window, event.at)) tell(event, { kind, ...handCells(event) }, scope);
    },
  };
}

/** Who only looks at a pod's ephemeral containers changes nothing; who was refused is among the denials. */
const isHarmless = (event: ApiEvent): boolean =>
  event.code === 403 ||
  isDryRun(event) ||
  `${event.verb} ${event.resource}` === 'get pods/ephemeralcontainers';

function handCells({ code, name, resource, uri }: ApiEvent) {
  return {
    outcome: code < 300 ? 'done' : `failed with ${code}`,
    pod: resource.startsWith('pods/') ? shownName(name) : undefined,
    container: containerIn(uri),
  };
}

/** The command that was run stands in the address, too, and is not shown. */
const containerIn = (uri: string): string | undefined =>
  /[?&]container=(?<name>[a-z\d-]{1,63})(?:&|$)/u.exec(uri)?.groups?.['name'];
