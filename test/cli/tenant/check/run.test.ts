import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseCheck } from '../../../../cli/tenant/check/command.ts';
import { run } from '../../../../cli/tenant/run.ts';
import { checkCases } from '../../../golden/tenant-check-cases.ts';
import { captureIo } from '../../captured-io.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'check-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const [CASE] = checkCases.filter(({ name }) => name === 'another-teams-things');
const TENANTS = CASE?.tenants ?? '';

async function checked(...args: readonly string[]) {
  const io = captureIo();
  const code = await run(['check', '-f', write('tenants/a.yaml', TENANTS), ...args], io);
  return {
    code,
    printed: io.printedText().replaceAll(`${root}/`, ''),
    told: io.told().replaceAll(`${root}/`, ''),
  };
}

const POD = (name: string, image = 'web'): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec: {containers: [{name: ${image}, image: registry.example/web:1}]}
`;

test('a directory is looked through for whatever has a kind', async () => {
  write('repo/app/pod.yaml', POD('web'));
  write('repo/package.json', '{"name": "app", "kind-of": "none"}');
  write('repo/tsconfig.json', '{ // not JSON\n}');
  write('repo/.github/workflows/ci.yml', 'on: push\njobs: {}\n');
  write('repo/values.yaml', 'replicas: 3\n');
  write('repo/kustomization.yaml', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n');
  const { code, printed, told } = await checked('-n', 'team-a', join(root, 'repo'));
  expect({ code, told }).toEqual({ code: 0, told: '' });
  expect(printed).toBe('One object judged: in order; one object of other kinds, which no policy is about\n');
});

test('a template in it is told, for it was not judged', async () => {
  write('repo/templates/pod.yaml', '{{- if .Values.on }}\nkind: Pod\n{{- end }}\n');
  const { code, printed } = await checked(join(root, 'repo'));
  expect(code).toBe(1);
  expect(printed).toMatch(
    /^ {2}repo\/templates\/pod\.yaml:\d+:\d+ {2}YAML\n {6}This is no YAML: .*have it rendered first/su,
  );
});

test('-n is where objects are that name no namespace', async () => {
  const file = write('pod.yaml', POD('web'));
  expect((await checked(file)).printed).toContain('say it with -n.');
  expect((await checked('-n', 'team-a', file)).printed).toBe('One object judged: in order\n');
});

test('what is empty is no input', async () => {
  const { code, printed, told } = await checked(write('pod.yaml', '\n'));
  expect({ code, printed, told }).toEqual({ code: 2, printed: '', told: 'pod.yaml: is empty\n' });
});

test('what cannot be read is named, and nothing is judged', async () => {
  const { code, printed, told } = await checked(join(root, 'nowhere.yaml'), write('pod.yaml', POD('web')));
  expect({ code, printed, told }).toEqual({
    code: 2,
    printed: '',
    told: 'nowhere.yaml: cannot be read: ENOENT\n',
  });
});

test('tenants that are wrong are told, and nothing is judged', async () => {
  const io = captureIo();
  const tenants = write('tenants/a.yaml', TENANTS.replace('owner:', 'colour:'));
  expect(await run(['check', '-f', tenants, write('pod.yaml', POD('web'))], io)).toBe(2);
  expect(io.printedText()).toBe('');
  expect(io.told()).toContain('/tenants/a.yaml:5:3  spec.colour\n');
});

test('every mistake in the command line is named', () => {
  const problems = (...args: readonly string[]): readonly string[] => {
    const command = parseCheck(args);
    return command.ok ? [] : command.problems.map(({ key }) => key);
  };
  expect(problems()).toEqual(['-f', 'MANIFEST']);
  expect(problems('-f', '-', '-')).toEqual(['MANIFEST']);
  expect(problems('-f', 'a', 'b', '-o', 'yaml')).toEqual(['-o']);
  expect(problems('--what')).toEqual(['arguments']);
  expect(parseCheck(['-h'])).toEqual({ ok: true, value: 'help' });
  expect(parseCheck(['-f', 'a', 'b', 'c', '-n', 'ml'])).toEqual({
    ok: true,
    value: { tenants: ['a'], manifests: ['b', 'c'], namespace: 'ml', output: 'text' },
  });
});
