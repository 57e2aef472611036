import { DROP_IN_DIRECTORY, NATIVE_DIRECTORY, OWN_DIRECTORY, VOLUME } from '#contract/layout.ts';
import type { Wish } from './agent-wishes.ts';
import { dropIn, NATIVE, native } from './families.ts';
import type { Findings } from './findings.ts';
import { type Audience, type Directory, EVERYBODY, type InjectedFile } from './injection.ts';
import { readDropIn, readNative } from './table.ts';

/** MiB that the files of a directory may take, both generations of them during a swap, unless a pod says otherwise. */
const USUAL_SIZE = 16;

const sizeOf = (findings: Findings): number => readNative(findings, 'volume-size') ?? USUAL_SIZE;

/** The directories of the drop-in family: one for all files, and one for each other path that a file is given. */
export interface DropInDirectories {
  readonly all: readonly Directory[];
  /** That of a file by its name; the usual one for the empty name. */
  placeOf(name: string): Place;
}

/** Where a file is to be. */
export interface Place {
  /** The directory. */
  readonly volume: string;
  /** The folder in it, with a slash behind it; empty for none. */
  readonly below: string;
}

export function dropInDirectories(findings: Findings, names: readonly string[]): DropInDirectories {
  const usual = readDropIn(findings, 'secret-volume-path') ?? DROP_IN_DIRECTORY;
  const others = new Map(
    names.flatMap((name) => {
      const path = readDropIn(findings, 'secret-volume-path-X', name);
      return path === undefined ? [] : [[name, path] as const];
    }),
  );
  const shape = { size: sizeOf(findings), seenBy: dropInAudience(findings) };
  const hasToken = readDropIn(findings, 'agent-inject-token') === true;
  const placed = names.map((name) => others.get(name) ?? usual);
  const outer = outermost(new Set(hasToken ? [...placed, usual] : placed));
  const extra = outer.filter((path) => path !== usual);
  const nameFor = (path: string): string => [...others].find(([, other]) => other === path)?.[0] ?? '';
  return {
    all: [
      {
        ...shape,
        volume: VOLUME.secrets,
        path: usual,
        agentPath: usual,
        key: dropIn('secret-volume-path'),
      },
      ...extra.map((path, index) => ({
        ...shape,
        volume: `${VOLUME.secrets}-${index + 1}`,
        path,
        agentPath: path,
        key: dropIn(`secret-volume-path-${nameFor(path)}`),
      })),
    ],
    placeOf(name) {
      const path = others.get(name) ?? usual;
      const volume = outer.find((one) => isBelow(path, one)) ?? path;
      return { volume, below: volume === path ? '' : `${path.slice(volume.length + 1)}/` };
    },
  };
}

const isBelow = (path: string, directory: string): boolean => path.startsWith(`${directory}/`);

/** Nothing can be mounted inside what is read-only, but there may be a folder. */
const outermost = (paths: ReadonlySet<string>): readonly string[] =>
  [...paths].filter((path) => ![...paths].some((other) => isBelow(path, other))).toSorted();

/** As the Vault Agent Injector: containers may be chosen, and init containers find the files if these are there by then. */
function dropInAudience(findings: Findings): Audience {
  const only = readDropIn(findings, 'agent-inject-containers');
  const waits = readDropIn(findings, 'agent-pre-populate') !== false;
  return {
    containers: only === undefined ? EVERYBODY.containers : { only },
    initContainers: waits ? EVERYBODY.initContainers : { only: [] },
  };
}

/** Files in their directories. */
interface Placed {
  readonly files: readonly InjectedFile[];
  readonly directories: readonly Directory[];
}

/** Where Sidekey's own files are at first, and where every container finds them. */
export function nativePath(findings: Findings): string {
  return readNative(findings, 'path') ?? NATIVE_DIRECTORY;
}

/**
 * The directories of Sidekey's own files. Containers that are to see the same files share one; a file that several
 * are to see, but not the same others, is in each of theirs. All stand at one path, each in other containers.
 */
export function placeNativeFiles(findings: Findings, files: readonly InjectedFile[]): Placed {
  const path = nativePath(findings);
  const views = viewsOf(findings, files);
  const shape = { path, size: sizeOf(findings), key: native('path') };
  const directories = views.map(({ seenBy }, index): Directory => {
    if (index === 0) return { ...shape, seenBy, volume: VOLUME.files, agentPath: path };
    const [volume, agentPath] = [`${VOLUME.files}-${index}`, `${OWN_DIRECTORY}/files-${index}`];
    return { ...shape, seenBy, volume, agentPath };
  });
  const placed = views.flatMap(({ names }, index) =>
    files
      .filter(({ name }) => names.has(name))
      .map((file) => ({ ...file, volume: directories[index]?.agentPath ?? path })),
  );
  return { files: unify(placed, path), directories };
}

/** Which containers annotations name, and where. */
export function readAudiences(findings: Findings): readonly Wish<readonly string[]>[] {
  const theirs = readDropIn(findings, 'agent-inject-containers');
  const ours = findings.suffixes(NATIVE, 'containers.<file>').flatMap((name) => {
    const value = readNative(findings, 'containers.<file>', name);
    return value === undefined ? [] : [{ key: native(`containers.${name}`), value }];
  });
  return [
    ...(theirs === undefined ? [] : [{ key: dropIn('agent-inject-containers'), value: theirs }]),
    ...ours,
  ];
}

interface View {
  readonly names: ReadonlySet<string>;
  readonly seenBy: Audience;
}

/** What there is to see, the most public first: that of all who are named nowhere, then those of the others. */
function viewsOf(findings: Findings, files: readonly InjectedFile[]): readonly View[] {
  const chosen = new Map(
    files.flatMap(({ name }) => {
      const only = readNative(findings, 'containers.<file>', name);
      return only === undefined ? [] : [[name, only] as const];
    }),
  );
  const named = [...new Set([...chosen.values()].flat())].toSorted();
  const seenBy = (container: string): readonly string[] =>
    files.flatMap(({ name }) => (chosen.get(name)?.includes(container) === false ? [] : [name]));
  const open = files.flatMap(({ name }) => (chosen.has(name) ? [] : [name]));
  const groups = Map.groupBy(named, (container) => JSON.stringify(seenBy(container)));
  const special = [...groups.values()].map((only): View => {
    const [first = ''] = only;
    return { names: new Set(seenBy(first)), seenBy: { containers: { only }, initContainers: { only } } };
  });
  const rest = { except: named };
  const usual = { names: new Set(open), seenBy: { containers: rest, initContainers: rest } };
  return open.length > 0 || special.length === 0 ? [usual, ...special] : special;
}

/** The first copy of a file has its name, and is what headers of requests are made of; the others are named by their place. */
function unify(files: readonly InjectedFile[], path: string): readonly InjectedFile[] {
  const first = new Map<string, InjectedFile>();
  for (const file of files) if (!first.has(file.name)) first.set(file.name, file);
  const places = new Map(
    [...first.values()].map((file) => [`${path}/${file.path}`, `${file.volume}/${file.path}`]),
  );
  return files.map((file) => {
    const name = first.get(file.name) === file ? file.name : `${file.volume}/${file.path}`;
    return { ...file, name, ...relocated(file, places) };
  });
}

/** A request with a header that holds a file has to know where that file is. */
function relocated(
  { reload }: InjectedFile,
  places: ReadonlyMap<string, string>,
): Pick<InjectedFile, 'reload'> {
  if (reload?.kind !== 'http') return {};
  const headers = reload.headers.map((header) =>
    header.file === undefined ? header : { ...header, file: places.get(header.file) ?? header.file },
  );
  return { reload: { ...reload, headers } };
}
