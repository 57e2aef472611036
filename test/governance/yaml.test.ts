import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '#contract/json.ts';
import { yamlDocuments } from '../../governance/yaml.ts';

const VERSIONS = ['1.1', '1.2'] as const;

const read = (text: string, version: (typeof VERSIONS)[number]): unknown[] =>
  [...parseAllDocuments(text, { version })].map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as unknown;
  });

describe.each(VERSIONS)('as YAML %s', (version) => {
  it('comes back as it was, whatever it holds', () => {
    const odd = fc.constantFrom(
      'yes',
      'Off',
      '~',
      'null',
      '1:30',
      '0x1f',
      '1e3',
      '2026-01-01',
      '<<',
      '=',
      '- a',
      'a: b',
      'a:',
      'e1',
      'E-0',
      'e-1_0',
      '#',
      '*a',
      '&a',
      '!t',
      '@',
      '`',
      '%',
      ' a',
      'a ',
      'a\nb',
      'a\n b\n',
      ' a\nb',
      'a\n\n',
      '\n',
      'a\n\nb\n',
      'a\n \nb',
      '\u0085',
      '\u2028',
      '\ufeff',
      'a\tb\nc',
      'a\r\nb',
      '---\na',
      'a\n---',
      '\ud800',
      'a\u00a0\nb',
    );
    const leaf = fc.oneof(
      odd,
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    const key = fc.oneof(odd, fc.string());
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 3 }),
      ),
    }));
    const whole = fc.dictionary(key, tree, { maxKeys: 4 });
    fc.assert(
      fc.property(fc.array(whole, { minLength: 1, maxLength: 3 }), (objects) => {
        const plain = JSON.parse(JSON.stringify(objects)) as JsonObject[];
        expect(read(yamlDocuments(plain), version)).toEqual(plain);
      }),
      { numRuns: 1000 },
    );
  });
});

test('people can read it', () => {
  const object = {
    kind: 'Namespace',
    metadata: { name: 'team-a', annotations: { 'sidekey.dev/gpu-resources': 'nvidia.com/mig-3g.40gb' } },
    spec: {
      hard: { pods: '2' },
      subjects: [{ kind: 'Group', name: 'oidc:devs' }, []],
      none: {},
      cel: 'a &&\n  b\n',
      on: ['yes'],
    },
  };
  expect(yamlDocuments([object, {}])).toBe(`kind: Namespace
metadata:
  name: team-a
  annotations:
    sidekey.dev/gpu-resources: nvidia.com/mig-3g.40gb
spec:
  hard:
    pods: "2"
  subjects:
  - kind: Group
    name: oidc:devs
  - []
  none: {}
  cel: |
    a &&
      b
  "on": ["yes"]
---
{}
`);
});
