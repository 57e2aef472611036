import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { policyFiles } from '../../deploy/kyverno/generate.ts';

const FOLDER = new URL('../../deploy/kyverno/', import.meta.url);
const FILES = policyFiles();

test.each(Object.entries(FILES))('deploy/kyverno/%s is in step with the policies', async (name, text) => {
  expect(await readFile(new URL(name, FOLDER), 'utf8')).toBe(text);
});

test.each(['validating-admission-policies', 'reports'])(
  'deploy/kyverno/%s holds nothing else',
  async (folder) => {
    const found = await readdir(new URL(folder, FOLDER));
    expect(found.map((name) => `${folder}/${name}`).toSorted()).toEqual(
      Object.keys(FILES)
        .filter((name) => name.startsWith(`${folder}/`))
        .toSorted(),
    );
  },
);

interface Document {
  readonly kind: string;
  readonly spec: { readonly validationActions?: readonly string[] };
}

const documents = (folder: string): readonly Document[] =>
  Object.entries(FILES)
    .filter(([name]) => name.startsWith(folder))
    .flatMap(([, text]) => parseAllDocuments(text).map((document) => document.toJS() as Document));

test('of the two copies only the API server’s refuses', () => {
  const denying = (folder: string): number =>
    documents(folder).filter(({ spec }) => spec.validationActions?.includes('Deny')).length;
  expect(denying('validating-admission-policies/')).toBe(9);
  expect(denying('reports/')).toBe(0);
});

test('nothing is of a kind that Kyverno is giving up', () => {
  const kinds = [...documents('validating-admission-policies/'), ...documents('reports/')].map(
    ({ kind }) => kind,
  );
  expect(new Set(kinds)).toEqual(
    new Set(['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'ValidatingPolicy']),
  );
});
