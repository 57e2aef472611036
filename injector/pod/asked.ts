import { type JsonObject, listIn, textIn } from '#contract/json.ts';
import { API_DIRECTORY } from '#contract/layout.ts';
import type { Problem } from '#contract/problem.ts';
import { dropIn, NATIVE } from '../annotations/families.ts';
import type { Injection } from '../annotations/injection.ts';
import { quoted } from '../annotations/values.ts';
import { accountMounts, hasApiDirectory } from './account.ts';
import { copiedMounts } from './copied-mounts.ts';
import { namedFiles } from './named-files.ts';
import { contains, placeOf } from './overlap.ts';
import { isOurContainer } from './own.ts';

/** What annotations ask for that the pod they stand in cannot have. */
export function askedProblems(spec: JsonObject, injection: Injection): readonly Problem[] {
  return [
    ...sharingProblems(spec, injection),
    ...audienceProblems(spec, injection),
    ...namedFileProblems(spec, injection),
  ];
}

/** A pod that says so itself means it. */
function sharingProblems(spec: JsonObject, { agent: { sharesProcesses } }: Injection): readonly Problem[] {
  const own = spec['shareProcessNamespace'];
  if (sharesProcesses === undefined || typeof own !== 'boolean' || own === sharesProcesses.value) return [];
  const message = `is ${quoted(String(sharesProcesses.value))}, and spec.shareProcessNamespace is ${String(own)}; expected one of them alone`;
  return [{ key: sharesProcesses.key, message }];
}

const namesOf = (spec: JsonObject): ReadonlySet<string> =>
  new Set(
    ['containers', 'initContainers']
      .flatMap((list) => listIn(spec, list))
      .filter((one) => !isOurContainer(one))
      .map((one) => textIn(one, 'name')),
  );

/** Whoever is to see a file has to be there: Sidekey's own words are refused if not. */
const audienceProblems = (spec: JsonObject, injection: Injection): readonly Problem[] =>
  unknownAudiences(spec, injection).filter(({ key }) => key.startsWith(NATIVE.prefix));

/** Of the drop-in family a container may come later, or never: as with the Vault Agent Injector, that is no mistake. */
export const audienceWarnings = (spec: JsonObject, injection: Injection): readonly Problem[] =>
  unknownAudiences(spec, injection).filter(({ key }) => !key.startsWith(NATIVE.prefix));

function unknownAudiences(spec: JsonObject, { audiences }: Injection): readonly Problem[] {
  const present = namesOf(spec);
  const shown = listed([...present]);
  return audiences.flatMap(({ key, value }) => {
    const unknown = value.filter((name) => !present.has(name));
    const list = listed(unknown.map((name) => quoted(name)));
    const message = `names ${list}, and the pod has no such container; expected some of ${shown}`;
    return unknown.length > 0 ? [{ key, message }] : [];
  });
}

/** However many containers there are, a message is to be read. */
const MOST_LISTED = 20;

const listed = (names: readonly string[]): string =>
  names.length > MOST_LISTED
    ? `${names.slice(0, MOST_LISTED).join(', ')} and ${names.length - MOST_LISTED} more`
    : names.join(', ');

/** What is named has to be somewhere in the agent's container. */
function namedFileProblems(spec: JsonObject, injection: Injection): readonly Problem[] {
  const mounts = [...accountMounts(spec, injection), ...copiedMounts(spec, injection)];
  const places = [...injection.secretMounts.map(({ path }) => path), ...mounts.map(placeOf)];
  const all = hasApiDirectory(spec) ? [...places, API_DIRECTORY] : places;
  return namedFiles(injection).flatMap(({ key, value: path }) => {
    if (all.some((place) => contains(place, path))) return [];
    const message = `is ${quoted(path)}, where nothing is mounted in the container of the agent; expected a file below ${places.length > 0 ? places.join(', ') : `/vault/custom, with ${dropIn('agent-extra-secret')}`}, or of a container named in ${dropIn('agent-copy-volume-mounts')}`;
    return [{ key, message }];
  });
}
