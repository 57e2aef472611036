import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { annotationsIn, type JsonObject } from '#contract/json.ts';
import type { Settings } from '../../injector/admission/settings.ts';
import { readNamespace } from '../../injector/annotations/namespace.ts';
import { readBounds } from '../../injector/pod/bounds.ts';
import { SETTINGS } from '../injector/admission/example.ts';

/**
 * One folder per pod: `pod.yaml`, `why.md`, and what is to become of it: `expected.yaml` (the pod after injection, its
 * configuration decoded), `skipped.yaml` (the reason) or `denied.yaml` (every problem). `warnings.yaml` and
 * `settings.yaml` where there is something to say; a store that is null there is not set. `namespace.yaml` and
 * `limit-range.yaml` where it counts what the pod's namespace says.
 */
const FOLDER = join(import.meta.dirname, 'pods');

/** What a file of a case says; undefined if there is no such file. */
export function read(name: string, file: string): unknown {
  const path = join(FOLDER, name, `${file}.yaml`);
  return existsSync(path) ? parse(readFileSync(path, 'utf8')) : undefined;
}

/** Why a case is there. */
export function why(name: string): string {
  return readFileSync(join(FOLDER, name, 'why.md'), 'utf8').trim();
}

export interface Case {
  readonly pod: JsonObject;
  readonly settings: Settings;
}

const STORES: readonly string[] = ['vault', 'infisical'];

/** What is known of the namespace of a case. */
function place(name: string): Pick<Settings, 'namespaces' | 'bounds'> {
  const namespace = read(name, 'namespace') as JsonObject | undefined;
  const limitRange = read(name, 'limit-range') as JsonObject | undefined;
  return {
    ...(namespace && { namespaces: new Map([['team-a', readNamespace(annotationsIn(namespace))]]) }),
    ...(limitRange && { bounds: new Map([['team-a', readBounds([limitRange])]]) }),
  };
}

export function load(name: string): Case {
  const all = { ...SETTINGS, ...(read(name, 'settings') as Partial<Settings> | undefined) };
  const isSet = ([key, value]: [string, unknown]): boolean => value !== null || !STORES.includes(key);
  const settings = Object.fromEntries(
    Object.entries({ ...all, ...place(name) }).filter(isSet),
  ) as unknown as Settings;
  return { pod: read(name, 'pod') as JsonObject, settings };
}

export const cases = readdirSync(FOLDER);

/** Those that get an agent. */
export const injectedCases = cases.filter((name) => read(name, 'expected') !== undefined);
