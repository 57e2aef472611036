import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { field } from '../../servers/openbao-api.ts';
import { eventually } from '../../servers/eventually.ts';
import { type DiffStage, type Drifts, startDiffStage } from './diff-stage.ts';
import { DRIFTS, patch } from './drifts.ts';

let stage: DiffStage;

beforeAll(async () => {
  stage = await startDiffStage();
}, 180_000);

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

test('what was applied is in step', async () => {
  const { code, stdout, stderr } = await stage.diff();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^\d+ objects compared: all is as declared\n$/u);
});

describe('told is that', () => {
  let seen: Drifts;

  beforeAll(async () => {
    for (const { edit } of DRIFTS) await edit(stage);
    seen = await stage.drifts();
    for (const { undo } of DRIFTS) await undo?.(stage);
  }, 180_000);

  test.each(DRIFTS)('$name', ({ subject, fields }) => {
    expect(seen.found.get(subject)).toEqual(expect.arrayContaining([...fields]));
  });

  test('nothing else', () => {
    const known = DRIFTS.map(({ subject }) => subject);
    expect([...seen.found.keys()].filter((subject) => !known.includes(subject))).toEqual([]);
    const fields = [...seen.found.values()].flat();
    expect(fields.toSorted()).toEqual(DRIFTS.flatMap((one) => one.fields).toSorted());
    expect(seen).toMatchObject({ code: 1, unanswered: [] });
  });

  test('and nothing any more, once what was declared has been applied again', async () => {
    await stage.mend();
    expect(await stage.drifts()).toEqual({ code: 0, found: new Map(), unanswered: [] });
  });
});

test('of a namespace that is gone it is not said of each object that it had', async () => {
  await stage.cluster.kubectl(['delete', 'namespace', 'team-b']);
  expect([...(await stage.drifts()).found.keys()]).toEqual(['missing Namespace team-b']);
  await stage.mend();
  await eventually('all in step', 30_000, async () => expect((await stage.drifts()).code).toBe(0));
}, 120_000);

test('people are told what was declared and what was found', async () => {
  const annotations = { 'sidekey.dev/gpu-resources': 'nvidia.com/gpu' };
  await patch(stage, ['namespace', 'team-a'], { metadata: { annotations } });
  const { stdout } = await stage.diff(['--only', 'kubernetes']);
  await stage.mend();
  expect(stdout.replace(/\d+(?= objects)/u, 'so many')).toBe(`Kubernetes

  ~ Namespace team-a is not as declared
      ~ metadata.annotations[sidekey.dev/gpu-resources]
          declared: "nvidia.com/mig-3g.40gb"
          found:    "nvidia.com/gpu"

so many objects compared: 1 is not as declared
`);
});

test('nothing is written, neither to the cluster nor to the store', async () => {
  const versions = (): Promise<string> =>
    stage.cluster.kubectl([
      'get',
      'namespace,resourcequota,role,rolebinding,networkpolicy,validatingadmissionpolicies',
      '--selector=sidekey.dev/tenant',
      '-A',
      '-o=jsonpath={range .items[*]}{.metadata.name}={.metadata.resourceVersion} {end}',
    ]);
  const before = await versions();
  const asked = (await stage.store.audit()).length;
  await stage.diff();
  expect(await versions()).toBe(before);
  const since = (await stage.store.audit()).slice(asked);
  const operations = since.map((entry) => field(entry, 'request', 'operation'));
  expect(operations.length).toBeGreaterThan(0);
  expect(operations.filter((one) => one !== 'read' && one !== 'list')).toEqual([]);
});

test('no token is in any output, whatever becomes of it', async () => {
  const kubeconfig = await readFile(stage.cluster.kubeconfig, 'utf8');
  const [key = ''] = /client-key-data: (\S{20})/u.exec(kubeconfig)?.slice(1) ?? [];
  const runs = await Promise.all([
    stage.diff(),
    stage.diff(['-o', 'json']),
    stage.diff([], { DEBUG: 'node-vault', NODE_DEBUG: 'vault' }),
    stage.diff([], { BAO_ADDR: 'http://127.0.0.1:1' }),
    stage.diff(['--context', 'nowhere']),
  ]);
  for (const { stdout, stderr } of runs) {
    expect(stdout + stderr).not.toContain(stage.store.rootToken);
    expect(key === '' ? '' : stdout + stderr).not.toContain(key === '' ? 'none' : key);
  }
});
