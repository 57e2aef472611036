import { annotationsIn } from '#contract/json.ts';
import type { Clock } from '#platform/clock.ts';
import { identityOf } from '#platform/kubernetes/metadata.ts';
import { NATIVE } from '../annotations/families.ts';
import { type NamespaceSettings, readNamespace, USER_RANGE } from '../annotations/namespace.ts';
import { follow, type Watching } from './follow.ts';

/** What namespaces say of their pods, held in memory: nobody is asked while a pod waits for its answer. */
export interface Namespaces {
  /** Undefined if there is no such namespace, or it is not known yet. */
  get(name: string): NamespaceSettings | undefined;
  readonly size: number;
  readonly synced: boolean;
  /** True if there were more namespaces than are held; the pods of those left out are denied. */
  readonly full: boolean;
  /** Resolves when the namespace is known, or after a while. Somebody may make a namespace and a pod in one go. */
  arrival(name: string): Promise<void>;
}

/** Many times the namespaces of a large cluster: most take a hundred bytes each, for they say nothing. */
const MOST_NAMESPACES = 50_000;
/** A watch tells of a new namespace in milliseconds; the API server waits five seconds for an answer. */
const ARRIVAL_MS = 2000;
/** As many namespaces as pods may wait for at a time. */
const MOST_WAITING = 256;

const SILENT = readNamespace({});

export function followNamespaces(watching: Watching, clock: Clock, most = MOST_NAMESPACES): Namespaces {
  const known = new Map<string, NamespaceSettings>();
  const queue = waitingRoom(clock);
  let synced = false;
  let full = false;
  follow(watching, { path: '/api/v1/namespaces', metadataOnly: true }, (event) => {
    if (event.type === 'synced') {
      synced = true;
      full = known.size >= most && full;
      return;
    }
    const { name } = identityOf(event.object);
    if (event.type === 'deleted') {
      known.delete(name);
    } else if (known.has(name) || known.size < most) {
      known.set(name, settingsOf(annotationsIn(event.object)));
      queue.call(name);
    } else {
      if (!full) watching.log.error({ most }, 'Too many namespaces: pods of those left out are denied');
      full = true;
    }
  });
  return {
    get: (name) => known.get(name),
    get size() {
      return known.size;
    },
    get synced() {
      return synced;
    },
    get full() {
      return full;
    },
    arrival: (name) => (known.has(name) ? Promise.resolve() : queue.wait(name)),
  };
}

interface WaitingRoom {
  call(name: string): void;
  wait(name: string): Promise<void>;
}

/** Where pods wait for their namespaces: all of one namespace together, and not for long. */
function waitingRoom(clock: Clock): WaitingRoom {
  const waiting = new Map<string, { readonly called: AbortController; readonly over: Promise<void> }>();
  return {
    call: (name) => waiting.get(name)?.called.abort(),
    wait(name) {
      const before = waiting.get(name);
      if (before !== undefined) return before.over;
      if (waiting.size >= MOST_WAITING) return Promise.resolve();
      const called = new AbortController();
      const over = clock
        .sleep(ARRIVAL_MS, called.signal)
        .catch(() => undefined)
        .finally(() => waiting.delete(name));
      waiting.set(name, { called, over });
      return over;
    },
  };
}

/** Most say nothing, and those share what says so. */
function settingsOf(annotations: Readonly<Record<string, string>>): NamespaceSettings {
  const own = Object.entries(annotations).filter(
    ([key]) => key.startsWith(NATIVE.prefix) || key === USER_RANGE,
  );
  return own.length === 0 ? SILENT : readNamespace(Object.fromEntries(own));
}
