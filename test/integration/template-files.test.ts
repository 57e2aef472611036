import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseTemplate } from '#contract/template/parse.ts';
import { createLocalFiles } from '../../agent/local-files.ts';
import { commit } from '../../agent/render/commit.ts';
import { type FileToRender, renderFiles } from '../../agent/render-files.ts';
import { refKey, type SecretRef } from '../../agent/provider/provider.ts';
import type { SecretState } from '../../agent/schedule/state.ts';
import { Secret } from '../../agent/secret.ts';
import { evaluate } from '../../agent/template/evaluate.ts';
import { FUNCTIONS } from '../../agent/template/functions/table.ts';
import { parseJson } from '../../agent/value/json.ts';
import { isValueMap, type ValueMap } from '../../agent/value/value.ts';
import { runBaoAgent } from '../golden/templates/bao-agent.ts';
import { secrets } from '../golden/templates/corpus.ts';
import { LOCAL_FILES, REFUSED, RENDERED } from '../golden/templates/file-cases.ts';
import { furnishCorpus } from '../golden/templates/furnish.ts';
import { type OpenBaoServer, startOpenBao } from '../servers/openbao.ts';

/** The real agent and ours make the same files of templates that read and write some. */
let server: OpenBaoServer;
let directory: string;
/** What the store answers to a request for a certificate. */
let issued: ValueMap;

/** Mode and content of each file, by its path. */
type Tree = Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startOpenBao();
  await furnishCorpus(server);
  await server.api('POST', 'sys/mounts/pki', { type: 'pki' });
  await server.api('POST', 'pki/root/generate/internal', { common_name: 'Root', ttl: '24h', key_type: 'ec' });
  await server.api('POST', 'pki/roles/web', {
    allow_any_name: true,
    key_type: 'ec',
    key_bits: 256,
    ttl: '1h',
  });
  const body = parseJson(
    JSON.stringify(await server.api('POST', 'pki/issue/web', { common_name: 'a.test' })),
  );
  if (!isValueMap(body)) throw new TypeError('The store did not answer with an object');
  issued = body;
  directory = await mkdtemp(join(tmpdir(), 'sidekey-template-files-'));
  await mkdir(join(directory, 'local'));
  for (const [name, content] of Object.entries(LOCAL_FILES))
    await writeFile(join(directory, 'local', name), content);
});

afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

const textFor = (text: string, out: string): string =>
  text.replaceAll('@out@', out).replaceAll('@local@', join(directory, 'local'));

/** What the real agent leaves in a directory that holds, as the cache of a certificate, what is given. */
async function theirs(name: string, text: string): Promise<{ exitCode: number | null; tree: Tree }> {
  const out = join(directory, `bao-${name}`);
  await mkdir(out);
  const destination = join(out, 'file');
  if (text.includes('pkiCert "pki/')) await writeFile(destination, pemsOf(issued));
  const source = { text: textFor(text, out), left: '{{', right: '}}' };
  const { exitCode } = await runBaoAgent(server, [{ name, source }], { destinationOf: () => destination });
  return { exitCode, tree: await treeOf(out) };
}

function pemsOf(body: ValueMap): string {
  const data = body.get('data');
  const texts = isValueMap(data) ? [...data.values()].filter((value) => typeof value === 'string') : [];
  return texts.filter((text) => text.startsWith('-----BEGIN')).join('\n');
}

/** What ours commits. */
async function ours(name: string, text: string): Promise<{ failure: string | undefined; tree: Tree }> {
  const volume = join(directory, `ours-${name}`);
  await mkdir(volume);
  const template = parseTemplate({ text: textFor(text, volume), left: '{{', right: '}}' });
  const spec = { name, volume, path: 'file', mode: 0o644, template: { text, left: '', right: '' } };
  const file: FileToRender = {
    spec,
    evaluate: (inputs) => evaluate({ template, functions: FUNCTIONS }, inputs),
  };
  const local = createLocalFiles({ stateDirectory: join(directory, 'state') });
  const world = {
    providers: new Map([['vault' as const, {} as never]]),
    files: [file],
    commit,
    readFile: (path: string) => local.read(path),
    env: () => undefined,
    now: () => new Date(),
  };
  const known = new Map(answers().map((state) => [refKey(state.ref), state]));
  const event = await renderFiles(world, { type: 'render', revision: 1, secrets: known, files: new Map() });
  const failure = event.files[0]?.failure?.message;
  return { failure, tree: failure === undefined ? await treeOf(join(volume, '..data')) : {} };
}

function answers(): readonly SecretState[] {
  const certificate = { store: 'vault', operation: 'write', path: 'pki/issue/web' } as const;
  return [
    answer({ ...certificate, parameters: { common_name: 'a.test' } }, issued),
    ...[...secrets].map(([path, data]) =>
      answer({ store: 'vault', operation: 'read', path, parameters: {} }, new Map([['data', data]])),
    ),
  ];
}

function answer(ref: SecretRef, body: ValueMap): SecretState {
  const term = { lifetime: { kind: 'static' }, grantedAt: 0, firstTtlMs: 0 } as const;
  const held = { value: new Secret(body), term, session: 1 };
  return { ref, held, due: 0, attempt: { failures: 0 }, confirmedAt: 0 };
}

async function treeOf(root: string): Promise<Tree> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }): Promise<[string, string]> => {
        const path = join(parentPath, name);
        const { mode } = await stat(path);
        return [
          relative(root, path),
          `${(mode & 0o777).toString(8)} ${(await readFile(path)).toString('latin1')}`,
        ];
      }),
  );
  return Object.fromEntries(files);
}

describe('the real agent and ours leave the same files', () => {
  test.each(Object.entries(RENDERED))('%s', async (name, text) => {
    const their = await theirs(name, text);
    expect(their.exitCode).toBe(0);
    expect(await ours(name, text)).toEqual({ failure: undefined, tree: their.tree });
  });
});

describe('the real agent and ours both refuse', () => {
  test.each(Object.entries(REFUSED))('%s', async (name, text) => {
    expect((await theirs(name, text)).exitCode).toBe(1);
    expect((await ours(name, text)).failure).toMatch(
      /^File ".+": Cannot render the template: line 1, column \d+: /u,
    );
  });
});
