import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TemplateSource } from '#contract/agent-config.ts';
import { encodeText } from '#contract/template/bytes.ts';
import { parseTemplate } from '#contract/template/parse.ts';
import { evaluate, type TemplateInputs } from '../../../agent/template/evaluate.ts';
import { FUNCTIONS } from '../../../agent/template/functions/table.ts';
import { parseJson } from '../../../agent/value/json.ts';
import { isValueMap, JsonNumber, mapAt, type ValueMap } from '../../../agent/value/value.ts';

/**
 * Templates and what Vault Agent makes of them. A new case is a new file: `rendered/NAME.tmpl` with the expected bytes
 * in `rendered/NAME.txt`, or `refused/NAME.tmpl` for one that cannot be rendered. `secrets.json` is what they read,
 * `settings.json` what is said of some of them beside their text.
 */
const ROOT = import.meta.dirname;

export interface Case {
  readonly name: string;
  readonly source: TemplateSource;
}

export interface RenderedCase extends Case {
  readonly expected: Buffer;
}

/** The environment that templates see here. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  SIDEKEY_TEST_NAME: 'value',
  SIDEKEY_TEST_EMPTY: '',
  NAMESPACE: 'shop',
  POD_IP: '10.1.2.3',
};

export const refusedCases: readonly Case[] = loadCases('refused');

export const renderedCases: readonly RenderedCase[] = loadCases('rendered').map((one) => ({
  ...one,
  expected: readFileSync(join(ROOT, 'rendered', `${one.name}.txt`)),
}));

function loadCases(folder: string): readonly Case[] {
  const settings = JSON.parse(readFileSync(join(ROOT, 'settings.json'), 'utf8')) as Record<string, Partial<TemplateSource>>;
  return readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.tmpl'))
    .map((file) => {
      const name = file.slice(0, -'.tmpl'.length);
      const text = readFileSync(join(ROOT, folder, file), 'utf8');
      return { name, source: { text, left: '{{', right: '}}', ...settings[name] } };
    });
}

/** Path and data of each secret; `secret/` is a KV v2 mount, the others are KV v1. */
export const secrets: ReadonlyMap<string, ValueMap> = loadSecrets();

function loadSecrets(): ReadonlyMap<string, ValueMap> {
  const all = parseJson(readFileSync(join(ROOT, 'secrets.json'), 'utf8'));
  if (!isValueMap(all)) throw new Error('secrets.json is not an object');
  return new Map([...all.keys()].map((path) => [path, mapAt(all, path) ?? new Map()]));
}

/** The answer of a store to a reading of a path, as the provider hands it over. */
function body(path: string): ValueMap | undefined {
  const data = secrets.get(path) ?? secrets.get(path.replace('secret/', 'secret/data/'));
  if (data === undefined) return undefined;
  const metadata = new Map<string, JsonNumber | string | boolean>([
    ['deletion_time', ''],
    ['destroyed', false],
    ['version', new JsonNumber('1')],
  ]);
  const isSecondVersion = path.startsWith('secret/');
  return new Map<string, ValueMap | string | boolean | JsonNumber | null>([
    ['request_id', 'c0ffee'],
    ['lease_id', ''],
    ['renewable', false],
    ['lease_duration', new JsonNumber(isSecondVersion ? '0' : '2764800')],
    ['data', isSecondVersion ? new Map([['data', data], ['metadata', metadata]]) : data],
    ['warnings', null],
  ]);
}

function listing(path: string): ValueMap {
  const prefix = `${path.replace('secret/metadata/', 'secret/data/')}/`;
  const keys = [...secrets.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  return new Map([['data', new Map([['keys', keys]])]]);
}

/** Renders as the agent does: again and again until nothing is missing. Throws what parsing and evaluation throw. */
export function render(source: TemplateSource): Buffer {
  const template = parseTemplate(source);
  const read = new Map<string, ValueMap>();
  for (;;) {
    const inputs: TemplateInputs = {
      has: () => true,
      secret: (ref) => read.get(ref.path),
      env: (name) => ENVIRONMENT[name],
      now: () => new Date(0),
    };
    const evaluation = evaluate({ template, functions: FUNCTIONS }, inputs);
    if (evaluation.ok) return encodeText(evaluation.text.reveal());
    for (const { operation, path } of evaluation.missing) {
      const found = operation === 'list' ? listing(path) : body(path);
      if (found === undefined) throw new Error(`The corpus has no secret at ${path}`);
      read.set(path, found);
    }
  }
}
