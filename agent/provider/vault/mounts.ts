import { isValueMap, mapAt, stringAt } from '../../value/value.ts';
import { succeeded } from '../http/refusal.ts';
import { generalRefusal } from './errors.ts';
import { encodePath, type Mount } from './path.ts';
import type { Answer } from '../http/transport.ts';

/** Finds the mount a path belongs to; undefined if the server does not tell, for the policy may not let it. */
export type FindMount = (path: string, signal: AbortSignal) => Promise<Mount | undefined>;

export type Mounts = FindMount & {
  /** Has the server asked again the next time: the mount of a path may have been made anew, as something else. */
  readonly forget: (path: string) => void;
};

/**
 * Asks the server once per mount (`sys/internal/ui/mounts`, open to every token with any right below the mount).
 * Paths that begin alike wait for one another, so that thirty secrets of one mount cost one question.
 *
 * @param ask Sends a GET.
 */
export function createMounts(ask: (path: string, signal: AbortSignal) => Promise<Answer>): Mounts {
  let known: readonly Mount[] = [];
  const queues = new Map<string, Promise<unknown>>();
  const find = (path: string): Mount | undefined => known.find((mount) => isAbove(path, mount));

  async function lookUp(path: string, signal: AbortSignal): Promise<Mount | undefined> {
    const earlier = find(path);
    if (earlier !== undefined) return earlier;
    const mount = readMount(await ask(`sys/internal/ui/mounts/${encodePath(path)}`, signal), path);
    if (mount !== undefined) known = [...known, mount];
    return mount;
  }

  const mounts: FindMount = (path, signal) => {
    const [first = ''] = path.split('/');
    const turn = (queues.get(first) ?? Promise.resolve()).then(() => lookUp(path, signal));
    queues.set(
      first,
      turn.catch(() => undefined),
    );
    return turn;
  };
  const forget = (path: string): void => {
    known = known.filter((mount) => !isAbove(path, mount));
  };
  return Object.assign(mounts, { forget });
}

const isAbove = (path: string, mount: Mount): boolean => `${path}/`.startsWith(mount.path);

function readMount(answer: Answer, path: string): Mount | undefined {
  const refusal = generalRefusal(answer, `find the mount of ${path}`);
  if (refusal !== undefined) throw refusal;
  const data = isValueMap(answer.body) ? mapAt(answer.body, 'data') : undefined;
  if (!succeeded(answer) || data === undefined) return undefined;
  const mountPath = below(stringAt(data, 'path') ?? '', path);
  if (mountPath === '') return undefined;
  const options = mapAt(data, 'options');
  const version = options && stringAt(options, 'version') === '2' ? 2 : 1;
  return { path: mountPath, version, engine: stringAt(data, 'type') ?? '' };
}

/** The mount as this client names it: some servers put the request's namespace before it. */
function below(mountPath: string, path: string): string {
  let own = mountPath;
  while (own !== '' && !`${path}/`.startsWith(own)) own = own.slice(own.indexOf('/') + 1);
  return own;
}
