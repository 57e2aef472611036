import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { evaluateSource } from '../../../agent/source/evaluate.ts';
import type { ValueMap } from '../../../agent/value/value.ts';
import { review } from '../../../injector/admission/handler.ts';
import { podWith, requestFor, SETTINGS } from './example.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/env-files.md'), 'utf8');

/** The annotations in the page's examples. */
const examples = [...PAGE.matchAll(/^ {4}(sidekey\.dev\/\S+): (.+)$/gmu)].map(
  ([, key = '', text = '']) => [key, String(parse(text))] as const,
);

test('what the page has pods say is taken', () => {
  expect(examples.length).toBeGreaterThan(5);
  expect(review(requestFor(podWith(Object.fromEntries(examples))), SETTINGS)).toMatchObject({
    outcome: 'injected',
    warnings: [],
  });
});

const FIELDS = { PASSWORD: 'p "w" $x \\ `y` #z', URL: 'postgres://u:p@h/db?a=b&c', LINES: 'a\nb', EMPTY: '' };

/** A file as the agent renders it. */
function rendered(format: 'dotenv' | 'json'): string {
  const body: ValueMap = new Map([['data', new Map(Object.entries(FIELDS))]]);
  const source = { store: 'vault', path: 'kv/app' } as const;
  const inputs = { has: () => true, secret: () => body };
  const evaluation = evaluateSource(source, format, inputs);
  const directory = mkdtempSync(join(tmpdir(), 'sidekey-env-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, `app.${format}`);
  writeFileSync(path, evaluation.ok ? evaluation.text.reveal() : '');
  return path;
}

test('a Node that is started with the env file has every field in its environment, without a shell', () => {
  const code = `process.stdout.write(JSON.stringify(${JSON.stringify(Object.keys(FIELDS))}.map((key) => process.env[key])))`;
  const path = rendered('dotenv');
  const out = execFileSync(process.execPath, [`--env-file=${path}`, '-e', code], {
    env: {},
    encoding: 'utf8',
  });
  expect(JSON.parse(out)).toEqual(Object.values(FIELDS));
});

test('the file of JSON holds the same', () => {
  expect(JSON.parse(readFileSync(rendered('json'), 'utf8'))).toEqual(FIELDS);
});
