import { isArray, isObject, type JsonObject, textIn } from '#contract/json.ts';
import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';
import type { Document } from '../../governance/audit/inputs/document.ts';
import { readTree } from '../files.ts';
import type { Input } from '../input.ts';
import { readManifests } from '../manifest/manifest.ts';
import { describePlace } from '../../governance/place.ts';

/** Reads the objects of files, YAML or JSON, and of the YAML and JSON below directories. */
export function readDocuments(names: readonly string[]): Parsed<readonly Document[]> {
  const inputs = readTree(names);
  if (!inputs.ok) return inputs;
  const read = inputs.value.map(documentsIn);
  const problems = read.flatMap((one) => (one.ok ? [] : one.problems));
  return problems.length > 0 ? rejected(problems) : parsed(read.flatMap((one) => (one.ok ? one.value : [])));
}

/** What kubectl says of a whole cluster is large, and JSON is read some hundred times faster as that than as YAML. */
function documentsIn({ file, text }: Input): Parsed<readonly Document[]> {
  const object = parseJson(text);
  if (object !== undefined) return parsed(itemsOf(object).map((item) => ({ file, object: item })));
  const { manifests, faults } = readManifests(file, withoutHeadline(text));
  const problems: readonly Problem[] = faults
    .filter(({ kind }) => kind === 'unreadable')
    .map(({ place, message }) => ({ key: describePlace(place), message }));
  return problems.length > 0
    ? rejected(problems)
    : parsed(manifests.flatMap(({ value }) => itemsOf(value)).map((item) => ({ file, object: item })));
}

function parseJson(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `List` of kubectl, `PolicyReportList` of the API. */
function itemsOf(object: JsonObject): readonly JsonObject[] {
  const { items } = object;
  return textIn(object, 'kind').endsWith('List') && isArray(items) ? items.filter(isObject) : [object];
}

/** Kyverno's command line says what it does before it prints a report; lines stay where they are. */
function withoutHeadline(text: string): string {
  const start = text.search(/^(?:apiVersion|kind|---$)/mu);
  return start <= 0 ? text : text.slice(0, start).replaceAll(/[^\n]/gu, '') + text.slice(start);
}
