import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { explain } from '../../../cli/explain/explain.ts';
import type { NamespaceOptions } from '../../../cli/explain/namespace.ts';
import { reportJson } from '../../../cli/explain/json.ts';
import { workingManifests } from '../../../cli/explain/manifests-text.ts';
import { COLOURED } from '../../../cli/text/paint.ts';
import type { ObjectReport } from '../../../cli/explain/report.ts';
import { reportText } from '../../../cli/explain/text.ts';

const ASKS = { 'infisical.com/secret-sync': 'true' };

function look(secret: object, options: NamespaceOptions = {}): ObjectReport {
  const whole = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', annotations: ASKS }, ...secret };
  const [object] = explain([{ file: 'f', text: stringify(whole, { version: '1.1' }) }], options).objects;
  if (object === undefined) throw new Error('There is nothing to explain');
  return object;
}

const annotated = (annotations: object, more: object = {}) => ({
  metadata: { name: 'x', annotations: { ...ASKS, ...annotations } },
  ...more,
});

const subjects = (object: ObjectReport, effect: string) =>
  object.findings.filter((one) => one.effect === effect).map(({ subject }) => subject);

describe('base64', () => {
  test.each(['', 'YWJj', 'YQ==', 'YR==', 'YWJjZA==', 'YW\nJj', '++//'])('%j is', (value) => {
    expect(subjects(look({ data: { k: value } }), 'refused')).toEqual([]);
  });

  test.each(['abc', 'YQ', 'YQ=', ' YWJj', 'YW Jj', 'YWJj_-', 'a=bc', '=', 'YQ==YQ=='])(
    '%j is not',
    (value) => {
      expect(subjects(look({ data: { k: value } }), 'refused')).toEqual(['data.k']);
    },
  );

  test('any bytes in base64 are taken, and as a value of the user’s', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const object = look({ data: { k: Buffer.from(bytes).toString('base64') } });
        expect(subjects(object, 'refused')).toEqual([]);
        expect(object.secret?.plan?.keys).toEqual([{ key: 'k', from: 'manifest' }]);
      }),
    );
  });
});

describe('what its namespace is bound to', () => {
  const bound = { annotations: { 'sidekey.dev/infisical': 'ml/prod/team-a' } };

  test('may come from the command line', () => {
    const object = look({}, bound);
    expect(object.secret).toMatchObject({ bindingKnown: true, plan: { source: 'infisical:ml/prod/team-a' } });
    expect(object.verdict).toBe('works');
  });

  test('decides whether a source is given', () => {
    const foreign = annotated({ 'sidekey.dev/source': 'infisical:ml/prod/team-b' });
    expect(look(foreign, bound).verdict).toBe('unsynced');
    expect(look(foreign).verdict).toBe('works');
    expect(look(foreign).secret).toMatchObject({
      bindingKnown: false,
      plan: { source: 'infisical:ml/prod/team-b', sourceUnknown: false },
    });
  });

  test('is that of the Namespace of the same name, before the command line', () => {
    const namespaces = ['ml', 'other'].map((name) =>
      stringify({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, annotations: { 'sidekey.dev/infisical': `${name}/prod` } },
      }),
    );
    const secret = stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', annotations: ASKS },
    });
    const inputs = [...namespaces, secret].map((text, index) => ({ file: `f${index}`, text }));
    const sources = (options: NamespaceOptions) =>
      explain(inputs, options).objects.flatMap((object) => object.secret?.plan?.source ?? []);
    expect(sources({ ...bound, namespace: 'other' })).toEqual(['infisical:other/prod']);
    expect(sources({ ...bound, namespace: 'third' })).toEqual(['infisical:ml/prod/team-a']);
    expect(sources(bound)).toEqual(['infisical:ml/prod/team-a']);
    expect(sources({})).toEqual([]);
  });

  test('nothing, if its Namespace says nothing', () => {
    expect(look({}, { annotations: {} })).toMatchObject({
      verdict: 'unsynced',
      findings: [{ message: expect.stringContaining('Nothing says where the values come from') as string }],
    });
  });
});

describe('an annotation', () => {
  test.each([
    ['sidekey.dev/sorce', 'did you mean sidekey.dev/source?'],
    ['sidekey.dev/Keys', 'did you mean sidekey.dev/keys?'],
    ['sidekey.dev/templates.url', 'did you mean sidekey.dev/template.url?'],
    ['sidekey.dev/inject', 'is none that a Secret has'],
    ['sidekey.dev/infisical', 'belongs on the namespace'],
  ])('%s is refused', (key, advice) => {
    expect(look(annotated({ [key]: 'x' })).findings).toMatchObject([
      { effect: 'unsynced', subject: key, message: expect.stringContaining(advice) as string },
    ]);
  });

  test('of somebody else’s is nobody’s business here', () => {
    const object = look(annotated({ 'example.com/sorce': 'x', 'secrets.infisical.com/version': '1' }));
    expect(object.findings).toEqual([]);
    expect(object.secret?.annotations.map(({ key }) => key)).toEqual(['infisical.com/secret-sync']);
  });
});

describe('a key', () => {
  test('that is named, and has a value of its own, is in conflict', () => {
    const object = look(annotated({ 'sidekey.dev/keys': 'a,b' }, { stringData: { a: 'own', c: 'own' } }));
    expect(subjects(object, 'unsynced')).toEqual(['stringData.a']);
  });

  test('that a template makes, and has a value of its own, is in conflict', () => {
    const object = look(annotated({ 'sidekey.dev/template.a': 'x' }, { stringData: { a: 'own' } }));
    expect(subjects(object, 'unsynced')).toEqual(['stringData.a']);
  });

  test('of the source that no Secret can have needs another name', () => {
    const source = { 'sidekey.dev/source': 'infisical:ml/prod#A KEY' };
    expect(subjects(look(annotated(source)), 'unsynced')).toEqual(['sidekey.dev/source']);
    expect(look(annotated({ ...source, 'sidekey.dev/keys': 'a=A KEY' })).findings).toEqual([]);
  });
});

test('a Secret holds one mebibyte', () => {
  const data = (bytes: number) => ({ data: { k: Buffer.alloc(bytes, 'x').toString('base64') } });
  expect(subjects(look(data(1024 * 1024)), 'refused')).toEqual([]);
  expect(subjects(look(data(1024 * 1024 + 1)), 'refused')).toEqual(['data']);
});

/** Everything that is ever printed. */
function printed(text: string): string {
  const report = explain([{ file: 'f', text }]);
  const { text: manifests, missing } = workingManifests(report);
  return [reportText(report, 'again', COLOURED), reportJson(report), manifests, ...missing].join('\n');
}

const secretWord = fc.stringMatching(/^[A-Za-z0-9]{24}$/u);

test('a value is never printed, wherever it stands and whatever else is wrong', () => {
  const place = fc.constantFrom('data', 'stringData', 'stringdata', 'Data');
  const broken = fc.constantFrom('', '  : [', '\n\tx', '\n  "', '\ndata: *nowhere', '\n b: c');
  fc.assert(
    fc.property(
      secretWord,
      place,
      broken,
      fc.constantFrom('', '"', "'", '!!binary ', '|\n    '),
      (word, field, tail, quote) => {
        const end = quote === '"' || quote === "'" ? quote : '';
        const text = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n  annotations: {infisical.com/secret-sync: "true"}\n${field}:\n  k: ${quote}${word}${end}${tail}\n`;
        expect(printed(text)).not.toContain(word);
      },
    ),
  );
});

test('nothing that somebody may have written makes it fail', () => {
  const word = fc.constantFrom(
    'apiVersion: v1',
    'kind: Secret',
    'kind: List',
    'items:',
    '- ',
    '  ',
    'metadata:',
    'annotations:',
    'data:',
    'stringData:',
    'infisical.com/secret-sync: "true"',
    'sidekey.dev/source: vault:x',
    'sidekey.dev/keys: ',
    'a: <auto-managed>',
    ': ',
    '\n',
    '\n',
    '\n  ',
    '---\n',
    '{',
    '}',
    '[',
    '&a ',
    '*a',
    '"',
    '<<: ',
    'null',
    '5',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 30 }), (words) => {
      expect(printed(words.join(''))).toContain('synced');
    }),
    { numRuns: 500 },
  );
});
