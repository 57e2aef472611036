import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { run } from '../../../cli/policy/run.ts';
import { captureIo } from '../captured-io.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'policy-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: { readonly validationActions?: readonly string[] };
}

async function rendered(...args: readonly string[]): Promise<readonly Rendered[]> {
  const io = captureIo();
  expect(await run(['render', ...args], io)).toBe(0);
  expect(io.told()).toBe('');
  return [...parseAllDocuments(io.printedText())].map((one) => one.toJS() as Rendered);
}

const kinds = (objects: readonly Rendered[]): readonly string[] => [
  ...new Set(objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)),
];

const actions = (objects: readonly Rendered[]): readonly string[] => [
  ...new Set(objects.flatMap(({ spec }) => spec.validationActions ?? [])),
];

test('without anything else, policies of the API server itself, which deny', async () => {
  const objects = await rendered();
  expect(kinds(objects)).toEqual([
    'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy',
    'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding',
  ]);
  expect(actions(objects)).toContain('Deny');
});

test('for Kyverno, its own', async () => {
  expect(kinds(await rendered('--engine', 'kyverno'))).toEqual(['policies.kyverno.io/v1 ValidatingPolicy']);
});

test.each(['vap', 'kyverno'])('%s that only audits denies nothing', async (engine) => {
  expect(actions(await rendered('--engine', engine))).toContain('Deny');
  expect(actions(await rendered('--engine', engine, '--action', 'audit'))).not.toContain('Deny');
});

test('a platform says what is exempt', async () => {
  const file = join(root, 'platform.yaml');
  writeFileSync(
    file,
    'apiVersion: sidekey.dev/v1\nkind: Platform\nspec: {exemptNamespaces: [kube-system, tools]}\n',
  );
  expect(JSON.stringify(await rendered('-f', file))).toContain('"values":["kube-system","tools"]');
  expect(JSON.stringify(await rendered())).not.toContain('"tools"');
});

test('a directory holds a file for each', async () => {
  const io = captureIo();
  const out = join(root, 'policies');
  expect(await run(['render', '-o', out], io)).toBe(0);
  const files = readdirSync(out).filter((name) => name !== '.sidekey');
  expect(files).toHaveLength(10);
  expect(files.every((name) => /^sidekey-[a-z-]+\.yaml$/u.test(name))).toBe(true);
  expect(io.printedText()).toBe(`Wrote 10 policies to ${out}. Next:\n\n  kubectl apply -f ${out}\n`);
});

test('a directory that holds tenants is left alone', async () => {
  const out = join(root, 'out');
  expect(await run(['render', '-o', out], captureIo())).toBe(0);
  writeFileSync(join(out, 'kustomization.yaml'), 'resources: []\n');
  const io = captureIo();
  expect(await run(['render', '-o', out], io)).toBe(2);
  expect(io.told()).toContain('holds kustomization.yaml, which sidekey policy render did not write');
});

test('every mistake is named', async () => {
  const io = captureIo();
  expect(
    await run(['render', '--engine', 'opa', '--action', 'x', '-f', '-', '-f', '-', 'y', '-o', ''], io),
  ).toBe(2);
  expect(io.told().split('\n').slice(0, 5)).toEqual([
    'y: is one argument too many; name a file with -f',
    '-f: can be - only once: standard input is read once',
    '-o: must name a directory',
    '--engine: must be one of vap, kyverno',
    '--action: must be one of deny, audit',
  ]);
  expect(await run([], io)).toBe(2);
  expect(await run(['rendre'], io)).toBe(2);
  expect(await run(['--help'], io)).toBe(0);
  expect(io.printedText()).toMatch(/^sidekey policy render /u);
});
