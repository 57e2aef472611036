import { describe, expect, test } from 'vitest';
import { explain } from '../../../cli/explain/explain.ts';
import { readManifests } from '../../../cli/manifest/manifest.ts';

const valueOf = (text: string): unknown =>
  readManifests('f', `kind: X\na: ${text}\n`).manifests[0]?.value['a'];

describe('a bare word is what kubectl makes of it', () => {
  test.each(['yes', 'y', 'Y', 'on', 'true'])('%s is true', (word) => expect(valueOf(word)).toBe(true));
  test.each(['no', 'n', 'off', 'False'])('%s is false', (word) => expect(valueOf(word)).toBe(false));
  test.each(['~', 'null', 'Null', ''])('"%s" is nothing', (word) => expect(valueOf(word)).toBeNull());
  test.each(['5', '1.5', '1_000', '010', '0x1F', '+1', '1e3'])('%s is a number', (word) =>
    expect(valueOf(word)).toBeTypeOf('number'),
  );
  test.each(['2024-01-01', '190:20:30', '=', '<<', '<auto-managed>', '"true"', '1.2.3'])(
    '%s is a text',
    (word) => expect(valueOf(word)).toBeTypeOf('string'),
  );
});

describe('objects in JSON', () => {
  const names = (text: string): readonly unknown[] =>
    readManifests('f', text).manifests.map(({ value, place }) => [value['kind'], place.line]);

  test.each([
    '{"kind":"A"}\n{"kind":"B"}\n',
    '{"kind":"A"}\r\n{"kind":"B"}',
    '\uFEFF{"kind":"A"}\n{"kind":"B"}',
  ])('need a new line between them, and nothing else: %j', (text) =>
    expect(names(text)).toEqual([
      ['A', 1],
      ['B', 2],
    ]),
  );

  test('are told apart by no brace within a text', () => {
    expect(names('{"kind": "A", "b": "}\\n{"}')).toEqual([['A', 1]]);
    expect(names('kind: A\nb: |\n  {\n  }\n  {\n')).toEqual([['A', 1]]);
  });
});

describe('places', () => {
  const TEXT = `# A comment first.
apiVersion: v1
kind: Secret
metadata: {name: x,
  annotations: {a: b}}
data:
  token: x
---
kind: List
items:
- kind: Secret
  data:
    token: x
`;
  const { manifests } = readManifests('f.yaml', TEXT);

  test.each<[number, readonly string[], number, number]>([
    [0, [], 2, 1],
    [0, ['metadata', 'annotations', 'a'], 5, 17],
    [0, ['data', 'token'], 7, 3],
    [0, ['data', 'missing'], 6, 1],
    [0, ['type'], 2, 1],
    [1, [], 11, 3],
    [1, ['data', 'token'], 13, 5],
  ])('of object %i at %j', (index, path, line, column) => {
    expect(manifests[index]?.at(path)).toEqual({ file: 'f.yaml', line, column });
  });

  test('an alias is looked into where its anchor is', () => {
    const { manifests: aliased } = readManifests('f', 'kind: X\na: &a\n  b: 1\nc: *a\n');
    expect(aliased[0]?.at(['c', 'b'])).toMatchObject({ line: 3 });
  });

  test('a merged map is where it is merged', () => {
    const { manifests: merged } = readManifests('f', 'kind: X\na:\n  <<: {b: 1}\n');
    expect(merged[0]?.value).toEqual({ kind: 'X', a: { b: 1 } });
    expect(merged[0]?.at(['a', 'b'])).toMatchObject({ line: 2 });
  });
});

describe('what is no manifest', () => {
  const lineOf = (text: string): number | undefined => readManifests('f', text).faults[0]?.place.line;

  test('is told where that began which has no end', () => {
    expect(lineOf('kind: Pod\nmetadata:\n  name: "x\nspec: {}\nstatus: {}\n')).toBe(3);
    expect(lineOf("kind: Pod\nmetadata:\n  name: 'x\nspec: {}\n")).toBe(3);
    expect(lineOf('kind: Pod\nspec: {a: [1, 2\n')).toBe(2);
  });

  test('may be a template of a chart, which is to be rendered before', () => {
    const told = (text: string): string | undefined => explain([{ file: 'f', text }]).findings[0]?.message;
    expect(told('{{- if .Values.x }}\nkind: Pod\n{{- end }}\n')).toContain('helm template');
    expect(told('kind: Pod\nname: {{ .Values.x }}\n')).toContain('helm template');
    expect(told('kind: Pod\n\tname: x\n')).toMatch(/^(?!.*helm template)/u);
  });

  test.each([
    ['a text', 'hello\n', 1],
    ['a list', '\n- a\n', 2],
    ['an unclosed quote', 'a: "b\nc: d\n', 1],
    ['a tab', 'a:\n\tb: c\n', 2],
    ['wrong indentation', 'a:\n  b: c\n d: e\n', 3],
    ['an unknown alias', 'a: *b\n', 1],
    ['two colons', 'a: b: c\n', 1],
    ['an unclosed bracket', 'a: [1\n', 1],
    ['a map as a key', 'a: b\n{c: d}: e\n', 2],
  ])('%s is refused at its line', (_, text, line) => {
    const { manifests, faults } = readManifests('f', text);
    expect(manifests).toEqual([]);
    expect(faults).toMatchObject([{ kind: 'unreadable', place: { file: 'f', line } }]);
  });

  test('nothing at all is no fault', () => {
    for (const text of ['', '# a comment\n', '---\n---\n', '\n'])
      expect(readManifests('f', text)).toEqual({ manifests: [], faults: [] });
  });

  test('aliases that multiply are refused, and quickly', () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level}, `.repeat(10)}]`,
    );
    expect(explain([{ file: 'f', text: `l0: &l0 x\n${levels.join('\n')}\n` }])).toMatchObject({
      objects: [],
      findings: [{ effect: 'refused' }],
    });
  });
});

test('lists are their items, within lists and of one kind, too', () => {
  const text = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: PodList
  items:
  - metadata: {name: a}
  - {apiVersion: v1, kind: Pod, metadata: {name: b}}
- {apiVersion: apps/v1, kind: DeploymentList}
`;
  const { manifests } = readManifests('f', text);
  expect(manifests.map(({ value, place }) => [value['apiVersion'], value['kind'], place.line])).toEqual([
    ['v1', 'Pod', 7],
    ['v1', 'Pod', 8],
    ['apps/v1', 'DeploymentList', 9],
  ]);
  expect(manifests[0]?.at(['metadata', 'name'])).toMatchObject({ line: 7, column: 16 });
});
