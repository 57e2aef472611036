import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import { NATIVE } from '../annotations/families.ts';
import { type InjectedFile, type Injection, isSelected } from '../annotations/injection.ts';
import { agentIdentity } from './security.ts';

const GROUP_READS = 0o040;
const OTHERS_READ = 0o004;

/** What is said about files that somebody of the pod is to see, and cannot read. */
export interface UnreadableFiles {
  /** Where Sidekey's own family says the mode. */
  readonly problems: readonly Problem[];
  /** Where the drop-in family does, where such a pod may be right: an image may name a user that nobody here knows of. */
  readonly warnings: readonly Problem[];
}

/** Looks for files whose mode keeps out a container that is given them. */
export function unreadableFiles(
  spec: JsonObject,
  injection: Injection,
  assignsUsers: boolean,
): UnreadableFiles {
  const agent = agentIdentity(spec, injection, assignsUsers);
  const found = injection.files.flatMap((file) => unreadable(spec, { injection, agent }, file));
  return { problems: found.filter(isOwn), warnings: found.filter((problem) => !isOwn(problem)) };
}

interface Writer {
  readonly injection: Injection;
  readonly agent: ReturnType<typeof agentIdentity>;
}

const isOwn = ({ key }: Problem): boolean => key.startsWith(NATIVE.prefix);

function unreadable(spec: JsonObject, { injection, agent }: Writer, file: InjectedFile): readonly Problem[] {
  const { mode, modeKey: key } = file;
  if (key === undefined || (mode & OTHERS_READ) > 0) return [];
  const directory = injection.directories.find(({ agentPath }) => agentPath === file.volume);
  const kept = listIn(spec, 'containers')
    .filter((container) => directory && isSelected(directory.seenBy.containers, textIn(container, 'name')))
    .find((container) => !mayRead(spec, agent, { container, mode }));
  return kept === undefined ? [] : [{ key, message: keptOut(mode, textIn(kept, 'name')) }];
}

interface Reading {
  readonly container: JsonObject;
  readonly mode: number;
}

function mayRead(spec: JsonObject, agent: Writer['agent'], { container, mode }: Reading): boolean {
  const id = (field: string): unknown =>
    objectIn(container, 'securityContext')[field] ?? objectIn(spec, 'securityContext')[field];
  const user = id('runAsUser');
  // Whoever names nobody leaves it to whoever admits the pod, who gives all of it one user.
  if (user === 0 || user === agent.user) return true;
  if ((mode & GROUP_READS) === 0) return false;
  const hasGroup = typeof objectIn(spec, 'securityContext')['fsGroup'] === 'number';
  return hasGroup || (agent.group !== undefined && id('runAsGroup') === agent.group);
}

function keptOut(mode: number, container: string): string {
  const text = `0${mode.toString(8)}`;
  const remedy =
    (mode & GROUP_READS) > 0
      ? 'a runAsUser of the container, or fsGroup in the securityContext of the pod'
      : 'a runAsUser of the container';
  return `is ${text}, with which container "${container}" may not be able to read the file; expected ${remedy}, or a mode that lets others read, such as 0644`;
}
