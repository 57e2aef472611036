import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { JsonObject } from '#contract/json.ts';
import type { Settings } from '../../injector/admission/settings.ts';
import { SETTINGS } from '../injector/admission/example.ts';

/**
 * One folder per pod: `pod.yaml`, `why.md`, and what is to become of it: `expected.yaml` (the pod after injection, its
 * configuration decoded), `skipped.yaml` (the reason) or `denied.yaml` (every problem). `warnings.yaml` and
 * `settings.yaml` where there is something to say.
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

export function load(name: string): Case {
  const settings = { ...SETTINGS, ...(read(name, 'settings') as Partial<Settings> | undefined) };
  return { pod: read(name, 'pod') as JsonObject, settings };
}

export const cases = readdirSync(FOLDER);

/** Those that get an agent. */
export const injectedCases = cases.filter((name) => read(name, 'expected') !== undefined);
