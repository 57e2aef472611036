import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from './captured.ts';

const MAIN = join(import.meta.dirname, '../../../cli/main.ts');
const STORE = 'test/golden/audit/store.log';
const API = 'test/golden/audit/api.log';
const TENANTS = 'test/golden/tenants/scenario/tenants.yaml';

let directory: string;
beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), 'sidekey-audit-'))));
afterAll(() => rm(directory, { recursive: true }));

async function file(name: string, content: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

const sections = (stdout: string): readonly unknown[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { section: string }).section);

describe('the exit code', () => {
  test('is 0 for a report, whatever it says', async () => {
    expect(await audit('report', '--store-log', STORE)).toMatchObject({ code: 0, stderr: '' });
  });

  test('is 2 if anything cannot be read, all of it is said, and nothing is printed', async () => {
    const broken = await file('broken.yaml', 'a: [');
    const wrong = await file(
      'tenant.yaml',
      'apiVersion: sidekey.dev/v1\nkind: Tenant\nmetadata: {name: a}\nspec: {nope: 1}\n',
    );
    const files = ['--store-log', 'nowhere', '--api-log', directory, '--policies', broken, '-f', wrong];
    const { code, stdout, stderr } = await audit('report', ...files);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const part of [
      'nowhere: cannot be read: ENOENT',
      `${directory}: cannot be read: EISDIR`,
      `${broken}:1: This is no YAML`,
      `${wrong}:4: spec.nope`,
    ])
      expect(stderr).toContain(part);
  });

  test('is 2 for a log of another kind, which is reported on nevertheless', async () => {
    const { code, stdout, stderr } = await audit('report', '--store-log', API, '-o', 'jsonl');
    expect(code).toBe(2);
    expect(stderr).toBe(`${API}: holds no line of the log that it is named as\n`);
    expect(stdout).toContain('is no record of this log');
  });

  test('is 0 for an empty log, and that is said', async () => {
    const empty = await file('empty.log', '');
    const { code, stdout } = await audit('report', '--store-log', empty, '-o', 'jsonl');
    expect(code).toBe(0);
    expect(stdout).toContain(`"count":0,"source":"${empty}","what":"the file is empty"`);
  });

  test('is 2 with the usage if the command line is wrong', async () => {
    expect(await audit('report')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('sidekey audit report'),
    });
  });

  test('is 0 with the usage for help', async () => {
    expect(await audit('--help')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('sidekey audit report'),
      stderr: '',
    });
  });
});

describe('sections', () => {
  test('are all, or those that are named', async () => {
    const { stdout } = await audit('report', '--store-log', STORE, '-o', 'jsonl', '--section', 'secret');
    expect(sections(stdout)).toEqual(['secret', 'secret']);
  });

  test('as csv have columns of their own', async () => {
    const { stdout } = await audit('report', '--store-log', STORE, '-o', 'csv', '--section', 'secret');
    expect(stdout).toMatch(/^store,path,newestVersion,since,holders,staleHolders,lastDelivery\r\n/u);
  });

  test('of people are theirs alone', async () => {
    const { stdout } = await audit('report', '--store-log', STORE, '--section', 'secret');
    expect(stdout.match(/^## .*$/gmu)).toEqual(['## Secrets']);
  });
});

test('the files of a rotation are read in the order in which they were written', async () => {
  const lines = (await readFile(STORE, 'utf8')).split('\n');
  const older = await file('audit.log.1', `${lines.slice(0, 25).join('\n')}\n`);
  const newer = await file('audit.log', lines.slice(25).join('\n'));
  const delivered = async (...logs: readonly string[]): Promise<string> => {
    const args = logs.flatMap((log) => ['--store-log', log]);
    const { stdout } = await audit('report', ...args, '-o', 'jsonl', '--section', 'delivery');
    return stdout.replaceAll(/"source":"[^"]*"/gu, '');
  };
  expect(await delivered(newer, older)).toBe(await delivered(STORE));
});

describe('what is named beside the logs', () => {
  const reportOf = (name: string): string => `
apiVersion: openreports.io/v1alpha1
kind: ClusterReport
metadata: {name: merged}
results:
- policy: ${name}
  result: fail
  resources: [{apiVersion: v1, kind: Pod, name: x, namespace: team-a}]
`;
  const policies = async (text: string): Promise<readonly unknown[]> => {
    const { stdout } = await audit(
      'report',
      '--policy-report',
      await file('report.yaml', text),
      '-o',
      'jsonl',
      '--section',
      'violation',
    );
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { policy: string }).policy);
  };

  test('may be YAML of many documents', async () => {
    expect(await policies(`${reportOf('a')}---${reportOf('b')}`)).toEqual(['a', 'b']);
  });

  test('may be what Kyverno prints before it', async () => {
    expect(
      await policies(
        `Applying 3 policy rule(s) to 2 resource(s)...\n\nPOLICY REPORT: {\n${reportOf('a').trimStart()}`,
      ),
    ).toEqual(['a']);
  });

  test('may be a list as kubectl or the API has it', async () => {
    const item = (policy: string): object => ({
      apiVersion: 'wgpolicyk8s.io/v1alpha2',
      kind: 'PolicyReport',
      results: [{ policy, result: 'fail' }],
    });
    for (const kind of ['List', 'PolicyReportList'])
      expect(
        await policies(JSON.stringify({ apiVersion: 'v1', kind, items: [item('a'), item('b')] })),
      ).toEqual(['a', 'b']);
  });

  test('tells whose a namespace is', async () => {
    const { stdout } = await audit(
      'report',
      '--store-log',
      STORE,
      '-f',
      TENANTS,
      '-o',
      'jsonl',
      '--section',
      'staleHolder',
    );
    expect(stdout).toContain('"tenant":"team-b"');
  });
});

describe('as a process', () => {
  const run = promisify(execFile);

  test('reads standard input', async () => {
    const child = run(process.execPath, [MAIN, 'audit', 'report', '--store-log', '-', '-o', 'jsonl']);
    child.child.stdin?.end(await readFile(STORE));
    const { stdout } = await child;
    expect(stdout).toContain('"source":"stdin:21"');
  });

  test('ends when nobody reads any more', async () => {
    const lines = (await readFile(STORE, 'utf8')).trimEnd().split('\n');
    const long = await file(
      'long.log',
      `${Array.from({ length: 300 }, (_, uid) => lines.join('\n').replaceAll(/"pod_uid":"[^"]*"/gu, `"pod_uid":"${uid}"`)).join('\n')}\n`,
    );
    const command = `"${process.execPath}" "${MAIN}" audit report --store-log "${long}" -o jsonl | head -n 1`;
    const { stdout } = await run('bash', ['-o', 'pipefail', '-c', command]);
    expect(sections(stdout)).toEqual(['delivery']);
  });
});
