import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');
const GOLDEN = join(import.meta.dirname, '../golden/explain');
const manifest = (name: string): string => join(GOLDEN, name, 'manifest.yaml');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], stdin = ''): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.on('error', () => undefined).end(stdin);
  });
}

test('ends with 0 if everything works', async () => {
  expect(await run(['explain', '-f', manifest('placeholder')])).toMatchObject({ code: 0, stderr: '' });
});

test('ends with 1 if something does not', async () => {
  const { code, stdout } = await run([
    'explain',
    '-f',
    manifest('placeholder'),
    '-f',
    manifest('users-own-form'),
  ]);
  expect(code).toBe(1);
  expect(stdout).toContain(`${manifest('users-own-form')}:9  data.token`);
  expect(stdout).toContain('2 Secrets ask to be synced, and 1 of them works');
});

test('ends with 2 if a file cannot be read or the command line is wrong', async () => {
  expect(await run(['explain', '-f', '/nowhere'])).toEqual({
    code: 2,
    stdout: '',
    stderr: '/nowhere: cannot be read: ENOENT\n',
  });
  expect(await run(['explain'])).toMatchObject({ code: 2, stdout: '' });
});

test('reads standard input, and writes no colour into a pipe', async () => {
  const { code, stdout } = await run(['explain', '-f', '-'], 'kind: [');
  expect(code).toBe(1);
  expect(stdout).toContain('stdin:1  YAML');
  expect(stdout).not.toContain('\u001B');
});

test('-o json is JSON', async () => {
  const { code, stdout } = await run(['explain', '-o', 'json', '-f', manifest('bound-namespace')]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    objects: [{ verdict: 'binding' }, { verdict: 'works' }, {}, {}],
  });
});

test('-o yaml is the manifests that work and nothing else, and 0 if that is all of them', async () => {
  expect(await run(['explain', '-o', 'yaml', '-f', manifest('users-own-form')])).toEqual({
    code: 0,
    stderr: '',
    stdout: `---
apiVersion: v1
kind: Secret
metadata:
  name: model-registry
  annotations:
    infisical.com/secret-sync: "true"
type: Opaque
stringData:
  token: "<auto-managed>"
`,
  });
});

test('-o yaml keeps a Secret back that has values of its own', async () => {
  const { code, stdout, stderr } = await run(['explain', '-o', 'yaml', '-f', manifest('own-values')]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('it has values of its own, which are never printed');
});

test('help is no error', async () => {
  const { code, stdout } = await run(['--help']);
  expect({ code, begins: stdout.slice(0, 15) }).toEqual({ code: 0, begins: 'sidekey COMMAND' });
  expect(await run(['explain', '--help'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^sidekey explain -f FILE/u),
  });
});

test.each([
  [[], 'command'],
  [['explane'], 'explane'],
  [['toString'], 'toString'],
])('%s is no command, and the others are named', async (args, key) => {
  const { code, stderr } = await run(args);
  expect(code).toBe(2);
  expect(stderr).toMatch(new RegExp(`^${key}: must be one of explain`, 'u'));
});
