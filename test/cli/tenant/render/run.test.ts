import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Exit } from '../../../../cli/io.ts';
import { run } from '../../../../cli/tenant/run.ts';
import { captureIo } from '../../captured-io.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'render-'));
});

afterEach(() => {
  chmodSync(root, 0o700);
  rmSync(root, { recursive: true });
});

const tenant = (name: string, more = ''): string => `---
apiVersion: sidekey.dev/v1
kind: Tenant
metadata: {name: ${name}}
spec:
  namespaces: [${name}]
  secrets:
    vault: {paths: [secret/data/${name}]}
${more}`;

interface Ended {
  readonly code: Exit;
  readonly printed: string;
  readonly told: string;
}

async function rendered(declared: string, ...args: readonly string[]): Promise<Ended> {
  const file = join(root, 'tenants.yaml');
  writeFileSync(file, declared);
  const io = captureIo();
  const code = await run(['render', '-f', file, ...args], io);
  return { code, printed: io.printedText(), told: io.told().replaceAll(`${root}/`, '') };
}

const filesIn = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1))
    .toSorted();

const out = (): string => join(root, 'out');

describe('with a directory', () => {
  test('everything is written, by where it belongs, and the next steps are told', async () => {
    const { code, printed, told } = await rendered(tenant('team-a'), '-o', out());
    expect({ code, told }).toEqual({ code: 0, told: '' });
    const files = filesIn(out());
    expect(files).toContain('kubernetes/policies/sidekey-gpu-limits.yaml');
    expect(files).toContain('kubernetes/tenants/team-a/team-a/namespace.yaml');
    expect(files).toContain('openbao/team-a/policy.hcl');
    expect(printed.replaceAll(root, '/x')).toBe(
      `Wrote ${files.length - 1} files for one tenant to /x/out. Next:\n\n  kubectl apply -R -f /x/out/kubernetes\n  sh /x/out/openbao/apply.sh\n\nApply as one of these: group sidekey:platform, group system:masters. The policies let nobody else\nwrite what a namespace may have.\n`,
    );
  });

  test('the same tenants give the same files', async () => {
    await rendered(tenant('team-a') + tenant('team-b'), '-o', out());
    const read = (): readonly string[] =>
      filesIn(out()).map((file) => readFileSync(join(out(), file), 'utf8'));
    const before = read();
    await rendered(tenant('team-b') + tenant('team-a'), '-o', out());
    expect(read()).toEqual(before);
  });

  test('a tenant that is gone is gone from it, and what it leaves behind is told', async () => {
    await rendered(tenant('team-a') + tenant('team-b'), '-o', out());
    const { printed } = await rendered(tenant('team-a'), '-o', out());
    expect(filesIn(out()).filter((file) => file.includes('team-b'))).toEqual([]);
    expect(printed).toMatch(
      /No longer declared, and still there until somebody removes it \(.*\):\n\n {2}kubernetes\/tenants\/team-b\/team-b\n {2}openbao\/team-b\n$/u,
    );
  });

  test('a name that a shell would read is quoted', async () => {
    const { printed } = await rendered(tenant('team-a'), '-o', join(root, "it's out"));
    expect(printed).toContain(String.raw`  sh '${root}/it'\''s out/openbao/apply.sh'`);
  });
});

describe('without one', () => {
  test('the part for Kubernetes is printed, policies first, and nothing else', async () => {
    const { code, printed, told } = await rendered(tenant('team-a'));
    expect({ code, told }).toEqual({ code: 0, told: '' });
    const objects = [...parseAllDocuments(printed)].map((one) => one.toJS() as { readonly kind: string });
    const kinds = objects.map(({ kind }) => kind);
    expect(kinds[0]).toBe('ValidatingAdmissionPolicy');
    expect(kinds.lastIndexOf('ValidatingAdmissionPolicyBinding')).toBeLessThan(kinds.indexOf('Namespace'));
    expect(kinds).toContain('ResourceQuota');
  });

  test('policies that are only to audit do', async () => {
    const { printed } = await rendered(tenant('team-a'), '--action', 'audit');
    expect(printed).not.toContain('Deny');
    expect((await rendered(tenant('team-a'))).printed).toContain('Deny');
  });
});

describe('nothing is written', () => {
  const WRONG = tenant('team-a', '  colour: blue\n  podSecurity: lax\n');

  test('if a tenant is wrong: everything that is, is told, with its place', async () => {
    const { code, printed, told } = await rendered(WRONG, '-o', out());
    expect({ code, printed }).toEqual({ code: 2, printed: '' });
    expect(told).toMatch(
      /^tenants\.yaml:9:3 {2}spec\.colour\n {6}.*\n.*tenants\.yaml:10:3 {2}spec\.podSecurity\n/su,
    );
    expect(readdirSync(root)).toEqual(['tenants.yaml']);
  });

  test('and what there was stays', async () => {
    await rendered(tenant('team-a'), '-o', out());
    const before = filesIn(out());
    await rendered(WRONG, '-o', out());
    expect(filesIn(out())).toEqual(before);
  });

  test('where a file is in the way, or something of others', async () => {
    writeFileSync(out(), 'mine');
    const { code, told } = await rendered(tenant('team-a'), '-o', out());
    expect({ code, told }).toEqual({ code: 2, told: 'out: is a file; name a directory\n' });
    expect(readFileSync(out(), 'utf8')).toBe('mine');
  });

  test('if the command line is wrong: everything that is, is told', async () => {
    const io = captureIo();
    expect(await run(['render', '--action', 'perhaps', 'x.yaml', '-o', ''], io)).toBe(2);
    expect(io.told().split('\n').slice(0, 4)).toEqual([
      'x.yaml: is one argument too many; name files with -f',
      '-f: must name a file or directory, or be - for standard input',
      '-o: must name a directory',
      '--action: must be one of deny, audit',
    ]);
    expect(io.printedText()).toBe('');
  });

  test('into what is read as tenants', async () => {
    const io = captureIo();
    expect(await run(['render', '-f', root, '-o', join(root, 'tenants/out')], io)).toBe(2);
    expect(io.told()).toContain('all of which is read as tenants; name a directory elsewhere');
  });
});

test('help is no error, and what is no command is', async () => {
  const io = captureIo();
  expect(await run(['render', '--help'], io)).toBe(0);
  expect(await run(['--help'], io)).toBe(0);
  expect(io.printedText()).toMatch(/^sidekey tenant render -f TENANTS.*sidekey tenant COMMAND/su);
  expect(await run(['rendre'], io)).toBe(2);
  expect(await run([], io)).toBe(2);
  expect(await run(['toString'], io)).toBe(2);
  expect(io.told()).toContain('rendre: must be one of render, diff, check');
});
