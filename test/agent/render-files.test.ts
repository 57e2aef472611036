import { describe, expect, test } from 'vitest';
import { parseTemplate } from '#contract/template/parse.ts';
import { refKey, type SecretRef } from '../../agent/provider/provider.ts';
import { type FileToRender, renderFiles } from '../../agent/render-files.ts';
import type { RenderedFile } from '../../agent/render/plan.ts';
import type { FileState, Rendered, SecretState } from '../../agent/schedule/state.ts';
import { Secret } from '../../agent/secret.ts';
import { evaluate } from '../../agent/template/evaluate.ts';
import { FUNCTIONS } from '../../agent/template/functions/table.ts';
import { parseJson } from '../../agent/value/json.ts';
import { isValueMap } from '../../agent/value/value.ts';

const VOLUME = '/vault/secrets';

function file(name: string, text: string): FileToRender {
  const source = { text, left: '{{', right: '}}' };
  const template = parseTemplate(source);
  const spec = { name, volume: VOLUME, path: name, mode: 0o644, template: source };
  return { spec, evaluate: (inputs) => evaluate({ template, functions: FUNCTIONS }, inputs) };
}

function held(path: string, value: string): [string, SecretState] {
  const ref: SecretRef = { store: 'vault', operation: 'read', path, parameters: {} };
  const body = parseJson(`{"data":{"k":${JSON.stringify(value)}}}`);
  if (!isValueMap(body)) throw new TypeError('not an object');
  const term = { lifetime: { kind: 'polled' }, grantedAt: 0, firstTtlMs: 0 } as const;
  const answer = { value: new Secret(body), term, session: 1 };
  return [refKey(ref), { ref, held: answer, due: 0, attempt: { failures: 0 }, confirmedAt: 0 }];
}

interface Before {
  readonly removed?: readonly string[];
  readonly secrets?: Readonly<Record<string, string>>;
  readonly states?: ReadonlyMap<string, FileState>;
}

interface Outcome {
  readonly event: Rendered;
  /** What was committed, by path, with the mode where it is not the usual one. */
  readonly committed: Readonly<Record<string, string>> | undefined;
}

async function render(templates: Record<string, string>, before: Before = {}): Promise<Outcome> {
  let committed: Record<string, string> | undefined;
  const world = {
    providers: new Map([['vault' as const, {} as never]]),
    files: Object.entries(templates).map(([name, text]) => file(name, text)),
    commit: (files: readonly RenderedFile[]) => {
      committed = Object.fromEntries(files.map((one) => [one.path, describeFile(one)]));
      return Promise.resolve({ changed: files.map(({ name }) => name) });
    },
    readFile: (path: string) => `local ${path}`,
    env: () => undefined,
    now: () => new Date(0),
  };
  const secrets = new Map(Object.entries(before.secrets ?? {}).map(([path, value]) => held(path, value)));
  const event = await renderFiles(world, {
    type: 'render',
    revision: 1,
    secrets,
    files: before.states ?? new Map(),
    ...(before.removed && { removed: new Set(before.removed) }),
  });
  return { event, committed };
}

const describeFile = ({ content, mode }: RenderedFile): string =>
  content.reveal() + (mode === 0o644 ? '' : ` (${mode.toString(8)})`);

/** The states that follow from an outcome. */
const statesOf = ({ event }: Outcome): ReadonlyMap<string, FileState> =>
  new Map(event.files.map(({ name, ...outcome }) => [name, { ...outcome, changedAt: 0 }]));

const failures = ({ event }: Outcome): readonly (string | undefined)[] =>
  event.files.map(({ failure }) => failure?.message);

const SECRET_K = '{{ with secret "kv/a" }}{{ .Data.k }}{{ end }}';

describe('a file that is taken away', () => {
  const PAIR =
    '{{ with secret "kv/a" }}{{ .Data.k | writeToFile "/vault/secrets/key" "" "" "0400" }}{{ end }}cert';

  test('is not committed, nor is what its template writes beside it; its content is kept for later', async () => {
    const secrets = { 'kv/a': 'secret' };
    const { event, committed } = await render({ pair: PAIR, other: 'x' }, { secrets, removed: ['pair'] });
    expect(committed).toEqual({ other: 'x' });
    expect(event.files.map(({ name, removed, content }) => [name, removed, content?.reveal()])).toEqual([
      ['pair', true, 'cert'],
      ['other', undefined, 'x'],
    ]);
    const states = statesOf({ event, committed });
    expect((await render({ pair: PAIR, other: 'x' }, { secrets, states })).committed).toEqual({
      pair: 'cert',
      other: 'x',
      key: 'secret (400)',
    });
  });

  test('may be the last one', async () => {
    const { event, committed } = await render({ a: 'x' }, { removed: ['a'] });
    expect(committed).toEqual({});
    expect(event.changed).toEqual([]);
  });
});

describe('a file that is made of another', () => {
  test('is made of what that one becomes at the same moment, whichever comes first', async () => {
    const templates = {
      a: 'of {{ file "/vault/secrets/b" }}',
      b: SECRET_K,
      c: 'of {{ file "/vault/secrets//b" }}',
    };
    const { committed } = await render(templates, { secrets: { 'kv/a': 'new' } });
    expect(committed).toEqual({ a: 'of new', b: 'new', c: 'of new' });
  });

  test('waits with it', async () => {
    const { event, committed } = await render({ a: 'of {{ file "/vault/secrets/b" }}', b: SECRET_K });
    expect(committed).toBeUndefined();
    expect(event.missing.map(({ path }) => path)).toEqual(['kv/a']);
    expect(event.files[0]).toEqual({ name: 'a', used: [] });
  });

  test('cannot be that other', async () => {
    const outcome = await render({ a: '{{ file "/vault/secrets/b" }}', b: '{{ file "/vault/secrets/a" }}' });
    expect(outcome.committed).toBeUndefined();
    expect(failures(outcome)).toEqual([
      undefined,
      'File "b": Cannot render the template: line 1, column 4: file: the file is made of itself',
    ]);
  });

  test('is read from the container if no template makes it', async () => {
    const { committed } = await render({ a: '{{ file " /etc/hostname " }}|{{ file "" }}' });
    expect(committed).toEqual({ a: 'local /etc/hostname|' });
  });
});

describe('a file that is written beside another', () => {
  test('is committed with it, with its permissions', async () => {
    const text = `{{ with secret "kv/a" }}{{ .Data.k | writeToFile "/vault/secrets/tls/key" "vault" "vault" "0400" }}cert{{ end }}`;
    const outcome = await render({ a: text }, { secrets: { 'kv/a': 'key' } });
    expect(outcome.committed).toEqual({ a: 'cert', 'tls/key': 'key (400)' });
    expect(outcome.event.changed).toEqual(['a', 'a']);
  });

  test('holds what was written last, or all of it if that was to be appended', async () => {
    const write = (...args: string[]): string =>
      `{{ writeToFile "/vault/secrets/x" "" "" "0644" ${args.join(' ')} }}`;
    const one = write('"1"') + write('"2"') + write('"append"', '"3"');
    const { committed } = await render({ a: one, b: write('"append,newline"', '"4"') });
    expect(committed).toEqual({ a: '', b: '', x: '234\n' });
  });

  test('stays as it was while its template fails or waits', async () => {
    const text = `{{ with secret "kv/a" }}{{ .Data.k | writeToFile "/vault/secrets/key" "" "" "0600" }}{{ index (split "," .Data.k) 1 }}{{ end }}`;
    const first = await render({ a: text }, { secrets: { 'kv/a': 'x,y' } });
    const states = statesOf(first);
    const failed = await render({ a: text }, { secrets: { 'kv/a': 'z' }, states });
    expect(failed.committed).toEqual({ a: 'y', key: 'x,y (600)' });
    expect(failures(failed)[0]).toContain('index out of range');
    expect((await render({ a: text }, { states })).committed).toEqual({ a: 'y', key: 'x,y (600)' });
  });

  test('goes away when its template writes it no more', async () => {
    const text = `{{ with secret "kv/a" }}{{ if eq .Data.k "yes" }}{{ writeToFile "/vault/secrets/x" "" "" "0644" "" }}{{ end }}{{ end }}`;
    const first = await render({ a: text }, { secrets: { 'kv/a': 'yes' } });
    expect(first.committed).toEqual({ a: '', x: '' });
    const second = await render({ a: text }, { secrets: { 'kv/a': 'no' }, states: statesOf(first) });
    expect(second.committed).toEqual({ a: '' });
  });

  test.each([
    '/etc/passwd',
    '/vault/secrets',
    '/vault/secrets/',
    '/vault/secrets/../x',
    '/vault/secrets-2/x',
    'x',
    '',
    '/vault/secrets/..data/x',
  ])('cannot be put outside the volumes: %j', async (path) => {
    const outcome = await render({ a: `{{ writeToFile ${JSON.stringify(path)} "" "" "0644" "x" }}` });
    expect(failures(outcome)[0]).toBe(
      'File "a": Cannot render the template: line 1, column 4: writeToFile: files can only be written below /vault/secrets',
    );
  });

  test('cannot be put where one is rendered', async () => {
    const outcome = await render({ a: '{{ writeToFile "/vault/secrets/b" "" "" "0644" "x" }}', b: '' });
    expect(failures(outcome)[0]).toContain('a file is rendered there already; expected a path of its own');
  });
});
