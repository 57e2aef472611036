import { posix } from 'node:path';
import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import type { SignalReload } from '#contract/reload.ts';
import type { InjectedFile, Injection } from '../annotations/injection.ts';
import { isOurContainer } from './own.ts';

/** A file whose changes are told by a signal, and the containers of which one gets it. */
interface Signalled {
  readonly key: string;
  readonly containers: readonly JsonObject[];
}

/** The container whose user the agent has to be, for a signal only reaches processes of the same user. */
export function signalledContainer(
  spec: JsonObject,
  { files }: Pick<Injection, 'files'>,
): JsonObject | undefined {
  return signals(spec, files)[0]?.containers[0];
}

/** What keeps signals of the agent from reaching their processes. */
export function signalProblems(pod: JsonObject, { files }: Pick<Injection, 'files'>): readonly Problem[] {
  const spec = objectIn(pod, 'spec');
  const asked = signals(spec, files);
  const problems = asked.flatMap(({ key, containers }) => [
    ...(spec['shareProcessNamespace'] === true ? [] : [{ key, message: NAMESPACE }]),
    ...userProblems(spec, { key, containers }),
  ]);
  const users = new Set(asked.flatMap(({ containers }) => containers).map((one) => userOf(spec, one)));
  const [first] = asked;
  if (problems.length > 0 || users.size < 2 || !first) return problems;
  return [{ key: first.key, message: severalUsers([...users]) }];
}

const NAMESPACE =
  'sends a signal, which reaches no process of another container; expected spec.shareProcessNamespace: true in the pod';

const USER = 'expected a runAsUser other than 0 in the securityContext of the container or the pod';

/** How to say which container is meant. */
const NAMED = 'what the annotation names as command and args of the container that is meant';

const severalUsers = (users: readonly (number | undefined)[]): string =>
  `sends a signal to one of several containers, which run as ${users.join(' and ')}; expected one runAsUser, or ${NAMED}`;

function signals(spec: JsonObject, files: readonly InjectedFile[]): readonly Signalled[] {
  const asking = files.flatMap(({ reload, reloadKey: key }) =>
    reload?.kind === 'signal' && key !== undefined ? [{ key, to: reload.to }] : [],
  );
  if (asking.length === 0) return [];
  const started = startedIn(spec);
  return asking.map(({ key, to }) => ({ key, containers: targets(spec, started, to) }));
}

/** A container that stays, and what it is started as. */
interface Started {
  readonly container: JsonObject;
  readonly program: string;
  readonly commandLine: string;
}

function startedIn(spec: JsonObject): readonly Started[] {
  const sidecars = listIn(spec, 'initContainers').filter(
    (container) => container['restartPolicy'] === 'Always' && !isOurContainer(container),
  );
  return [...listIn(spec, 'containers'), ...sidecars].map((container) => {
    const words = commandOf(container);
    return { container, program: posix.basename(words[0] ?? ''), commandLine: words.join(' ') };
  });
}

/** Those that are started as what is meant; if it is not known of any, for images have their own commands, all. */
function targets(
  spec: JsonObject,
  started: readonly Started[],
  to: SignalReload['to'],
): readonly JsonObject[] {
  const named = started.filter(({ program, commandLine }) =>
    'name' in to ? program === to.name : commandLine === to.commandLine,
  );
  return named.length > 0 ? named.map(({ container }) => container) : listIn(spec, 'containers');
}

function commandOf(container: JsonObject): readonly string[] {
  const words = ['command', 'args'].flatMap((field) => container[field] ?? []);
  return words.map((word) => (typeof word === 'string' ? word : ''));
}

function userProblems(spec: JsonObject, { key, containers }: Signalled): readonly Problem[] {
  const remedy = containers.length > 1 ? `${USER}, or ${NAMED}` : USER;
  return containers.flatMap((container) => {
    const user = userOf(spec, container);
    if (user !== undefined && user > 0) return [];
    const runs = user === 0 ? 'runs as root' : 'does not say as which user it runs';
    return [
      { key, message: `sends a signal, and container "${textIn(container, 'name')}" ${runs}; ${remedy}` },
    ];
  });
}

/** That of the container counts before that of the pod, as for the kubelet. */
function userOf(spec: JsonObject, container: JsonObject): number | undefined {
  const users = [container, spec].map((owner) => objectIn(owner, 'securityContext')['runAsUser']);
  return users.find((user) => typeof user === 'number');
}
