import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DROP_IN, INFISICAL, NATIVE } from '../../../injector/annotations/families.ts';
import type { InjectedFile } from '../../../injector/annotations/injection.ts';
import type { AnnotationName } from '../../../injector/annotations/names.ts';
import { parseAnnotations, type ReadAnnotations } from '../../../injector/annotations/parse.ts';
import { annotations, SETTINGS } from '../admission/example.ts';

const read = (more: Readonly<Record<string, string>> = {}): ReadAnnotations =>
  parseAnnotations(annotations(more), SETTINGS);

const keysOf = (problems: ReadAnnotations['problems']): readonly string[] =>
  problems.map(({ key }) => key.replace('vault.hashicorp.com/', ''));

const templateOf = (file: InjectedFile | undefined): string | undefined =>
  file && 'template' in file ? file.template.text : undefined;

describe('what annotations leave open', () => {
  it('is as the operator decided', () => {
    expect(read()).toMatchObject({
      injection: {
        mode: 'run',
        position: 'last',
        directories: [{ volume: 'sidekey-secrets', path: '/vault/secrets' }],
        vault: {
          address: SETTINGS.vault.address,
          auth: { method: 'kubernetes', path: 'auth/kubernetes', role: 'ml' },
        },
        pollMs: SETTINGS.pollMs,
        startDeadlineMs: SETTINGS.startDeadlineMs,
        revokeOnShutdown: false,
      },
      problems: [],
      warnings: [],
    });
  });

  it('is a namespace of the operator, which the empty text takes back', () => {
    const settings = { ...SETTINGS, vault: { ...SETTINGS.vault, namespace: 'ops' } };
    expect(parseAnnotations(annotations(), settings).injection.vault?.namespace).toBe('ops');
    expect(parseAnnotations(annotations({ namespace: '' }), settings).injection.vault).not.toHaveProperty(
      'namespace',
    );
  });
});

describe('files', () => {
  it('are there for a secret, a template, or both, and sorted by name', () => {
    const { injection } = read({
      'agent-inject-template-z': 'plain',
      'agent-inject-secret-B': 'kv/b',
      'agent-inject-template-B': '{{ with secret "kv/b" }}x{{ end }}',
    });
    expect(injection.files.map(({ name, path, key }) => [name, path, key])).toEqual([
      ['B', 'b', 'vault.hashicorp.com/agent-inject-template-B'],
      ['api', 'api', 'vault.hashicorp.com/agent-inject-secret-api'],
      ['z', 'z', 'vault.hashicorp.com/agent-inject-template-z'],
    ]);
  });

  it('are rendered by the default template where there is none, or an empty one', () => {
    const { injection, problems } = read({ 'agent-inject-template-api': '' });
    expect(problems).toEqual([]);
    expect(templateOf(read({ 'agent-inject-template-api': ' \n' }).injection.files[0])).toBe(' \n');
    expect(templateOf(injection.files[0])).toBe(
      '{{ with secret "secret/data/ml" }}{{ range $k, $v := .Data }}{{ $k }}: {{ $v }}\n{{ end }}{{ end }}',
    );
  });

  it('are rendered by another default template where the pod asks for it, in any case of its letters', () => {
    const { injection, problems } = read({ 'agent-inject-default-template': 'JSON' });
    expect(problems).toEqual([]);
    expect(templateOf(injection.files[0])).toBe(
      '{{ with secret "secret/data/ml" }}{{ .Data | toJSON }}\n{{ end }}',
    );
    expect(read({ 'agent-inject-default-template': 'yaml' }).problems).toEqual([
      {
        key: 'vault.hashicorp.com/agent-inject-default-template',
        message: 'is "yaml"; expected "map" or "json"',
      },
    ]);
  });

  it('stand where they are put, joined to the volume as the Vault Agent Injector does', () => {
    const path = (text: string): string | undefined =>
      read({ 'agent-inject-file-api': text }).injection.files[0]?.path;
    expect([path('a/b'), path('/a//b/'), path('./a'), path('')]).toEqual(['a/b', 'a/b', 'a', 'api']);
  });

  it.each(['..', '../a', 'a/../../b', '..data', 'a\nb', '/', '.'])(
    'stand nowhere outside the volume: %j',
    (text) => {
      expect(keysOf(read({ 'agent-inject-file-api': text }).problems)).toEqual(['agent-inject-file-api']);
    },
  );

  it('take no name that the volume keeps for itself', () => {
    expect(keysOf(read({ 'agent-inject-secret-..data': 'kv/a' }).problems)).toEqual([
      'agent-inject-secret-..data',
    ]);
  });

  it('need a place of their own', () => {
    expect(keysOf(read({ 'agent-inject-secret-API': 'kv/a' }).problems)).toEqual(['agent-inject-secret-api']);
    expect(
      keysOf(read({ 'agent-inject-secret-b': 'kv/b', 'agent-inject-file-b': 'api/b' }).problems),
    ).toEqual(['agent-inject-secret-b']);
  });

  it('need something to render', () => {
    expect(keysOf(parseAnnotations({}, SETTINGS).problems)).toEqual(['agent-inject-secret-X', 'role']);
    expect(keysOf(read({ 'agent-inject-secret-api': ' ' }).problems)).toEqual(['agent-inject-secret-X']);
  });
});

describe('a template that cannot be parsed', () => {
  it('is a problem with line and column', () => {
    expect(read({ 'agent-inject-template-api': 'one\n  {{ nosuch }}' }).problems).toEqual([
      {
        key: 'vault.hashicorp.com/agent-inject-template-api',
        message: expect.stringContaining('line 2, column 6') as string,
      },
    ]);
  });

  it('is never told in full', () => {
    const [problem] = read({ 'agent-inject-template-api': `{{ ${'x'.repeat(50_000)} }}` }).problems;
    expect(problem?.message.length).toBeLessThan(300);
    expect(problem?.message).not.toContain('\n');
  });
});

const unfollowed = DROP_IN.names.filter(({ verdict }) => verdict !== 'followed');
const keyOf = (name: AnnotationName): string => name.key.replace(/X$/u, 'api');

it.each(unfollowed)('the key $key is $verdict, with the reason', (name) => {
  const { problems, warnings } = read({ [keyOf(name)]: 'something else' });
  const [noted, other] = name.verdict === 'denied' ? [problems, warnings] : [warnings, problems];
  expect(noted).toEqual([
    { key: `vault.hashicorp.com/${keyOf(name)}`, message: expect.stringContaining(name.doc) as string },
  ]);
  expect(other).toEqual([]);
});

it.each(unfollowed.filter((name) => name.default !== undefined))(
  'the key $key passes where it says what holds anyway: $default',
  (name) => {
    expect(read({ [keyOf(name)]: name.default ?? '' })).toMatchObject({ problems: [], warnings: [] });
  },
);

describe('reading annotations', () => {
  const someKey = fc.oneof(
    fc.constantFrom(...[DROP_IN, NATIVE, INFISICAL].flatMap(({ names }) => names.map(({ key }) => key))),
    fc
      .tuple(
        fc.constantFrom(
          'agent-inject-secret-',
          'agent-inject-template-',
          'agent-inject-file-',
          'secret.',
          'template.',
          'format.',
        ),
        fc.string(),
      )
      .map((parts) => parts.join('')),
    fc.string(),
  );
  const someText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'true',
      '',
      'kv/a',
      '{{ secret "a" }}',
      '{{',
      'vault:kv/a',
      'infisical:ml/prod#A',
      'universal',
    ),
  );
  const some = fc.dictionary(
    fc
      .tuple(fc.constantFrom('vault.hashicorp.com/', 'sidekey.dev/', 'org.infisical.com/', ''), someKey)
      .map((parts) => parts.join('')),
    someText,
  );

  it('never throws, and never tells a long value in full', () => {
    fc.assert(
      fc.property(some, (found) => {
        const { problems, warnings } = parseAnnotations(found, SETTINGS);
        for (const { message } of [...problems, ...warnings]) expect(message.length).toBeLessThan(500);
      }),
    );
  });

  it('does not depend on the order of the annotations', () => {
    fc.assert(
      fc.property(some, (found) => {
        const reversed = Object.fromEntries(Object.entries(found).toReversed());
        expect(parseAnnotations(reversed, SETTINGS)).toEqual(parseAnnotations(found, SETTINGS));
      }),
    );
  });
});
