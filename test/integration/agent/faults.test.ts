import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { writeRole } from '../../servers/service-account.ts';
import { CANARY, type ConfigChange, exit, furnish, Pod, writeSecret } from './stage.ts';

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
});

afterAll(() => bao.stop());

const reading = (path: string): ConfigChange => ({
  templates: { file: `{{ with secret "${path}" }}{{ .Data.data.key }}{{ end }}` },
});

const FAULTS: [string, ConfigChange, string][] = [
  ['a role that does not exist', { role: 'no-such-role' }, 'no-such-role'],
  ['a path without a secret', reading('secret/data/ml/missing'), 'secret/data/ml/missing'],
  [
    'a path that the policy does not allow',
    reading('secret/data/other'),
    'grant "read" on "secret/data/other"',
  ],
  [
    'a template that fails',
    { templates: { file: '{{ index "a" 9 }}' } },
    'File "file": Cannot render the template',
  ],
];

const DEADLINE_MS = 2000;

/** The lines of a pod's log with one of these messages. */
const linesOf = (
  pod: Pod,
  ...messages: readonly string[]
): { readonly msg: string; readonly time: string }[] =>
  pod.output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly msg: string; readonly time: string })
    .filter(({ msg }) => messages.includes(msg));

describe.each(FAULTS)('with %s', (_, change, reason) => {
  test('init ends at the first try, with the reason as its last words', async () => {
    await using pod = await Pod.create(bao, change);
    expect(await exit(pod.start('init'))).toBe(1);
    expect(linesOf(pod, 'Action failed', 'Cannot render a file')).toHaveLength(1);
    expect(await pod.lastWords()).toContain(reason);
    expect(pod.output).toContain('Giving up');
  });

  test('run stays up, unready, and says why', async () => {
    await using pod = await Pod.create(bao, change);
    const agent = pod.start('run');
    await eventually('the reason', PATIENCE_MS, async () => {
      const { status, body } = await pod.get('/readyz');
      expect(status).toBe(503);
      expect(body).toContain(reason);
    });
    expect((await pod.get('/healthz')).status).toBe(200);
    expect(await pod.lastWords()).toContain(reason);
    expect(agent.exitCode).toBeNull();
  });

  test('run ends when the start deadline is over, and not before', async () => {
    await using pod = await Pod.create(bao, { ...change, startDeadlineMs: DEADLINE_MS });
    expect(await exit(pod.start('run'))).toBe(1);
    expect(await pod.lastWords()).toContain(reason);
    const [started, end] = linesOf(pod, 'Started', 'Giving up').map(({ time }) => Date.parse(time));
    expect((end ?? 0) - (started ?? 0)).toBeGreaterThanOrEqual(DEADLINE_MS);
  });
});

test('run goes on as soon as the fault is mended, and takes its last words back', async () => {
  await bao.api('DELETE', 'auth/kubernetes/role/late');
  await using pod = await Pod.create(bao, { role: 'late' });
  pod.start('run');
  await eventually('the reason', PATIENCE_MS, async () => expect(await pod.lastWords()).toContain('"late"'));
  await writeRole(bao.api, { name: 'late', policies: ['ml'], ttl: '1h' });
  await pod.ready();
  expect(await pod.lastWords()).toBe('');
});

test('after the first render a fault that waiting cannot mend ends nothing', async () => {
  await using pod = await Pod.create(bao, { ...reading('secret/data/ml/going'), startDeadlineMs: 100 });
  await bao.api('POST', 'secret/data/ml/going', { data: { key: 'here' } });
  const agent = pod.start('run');
  await pod.ready();
  await bao.api('DELETE', 'secret/metadata/ml/going');
  await eventually('the failure', PATIENCE_MS, async () =>
    expect(await pod.metric('sidekey_agent_store_errors_total{reason="not_found"}')).toBeGreaterThan(1),
  );
  expect(agent.exitCode).toBeNull();
  expect(await pod.read('file')).toBe('here');
  expect((await pod.get('/readyz')).status).toBe(200);
});

test.each([
  ['no configuration', ['run'], {}, /SIDEKEY_CONFIG: must hold the configuration/u],
  ['a broken one', ['run'], { SIDEKEY_CONFIG: '{"version":' }, /is not JSON/u],
  ['one of another version', ['init'], { SIDEKEY_CONFIG: '{"version":7}' }, /config\.version: is 7/u],
  ['an unknown command', ['walk'], {}, /usage: agent run\|init/u],
])('%s: ends with 2 and says what is wrong', async (_, argv, env, message) => {
  await using pod = await Pod.create(bao);
  expect(await exit(pod.launch(argv, env))).toBe(2);
  expect(pod.output).toMatch(message);
});

test('a port that is taken ends the agent, with the reason as its last words', async () => {
  await using first = await Pod.create(bao);
  first.start('run');
  await first.ready();
  const { adminPort } = first.config;
  await using second = await Pod.create(bao, { adminPort });
  expect(await exit(second.start('run'))).toBe(1);
  expect(await second.lastWords()).toContain(`port ${adminPort}: EADDRINUSE`);
});

test('a secret is seen nowhere but in the files and the saved state', async () => {
  const key = `${CANARY}-seen-nowhere`;
  await writeSecret(bao, key);
  const templates = {
    good: '{{ with secret "secret/data/ml/api-key" }}{{ .Data.data.key }}{{ end }}',
    bad: '{{ with secret "secret/data/ml/api-key" }}{{ index .Data.data.key 99 }}{{ end }}',
  };
  await using pod = await Pod.create(bao, { templates });
  const loud = { SIDEKEY_LOG_LEVEL: 'trace' };
  const first = pod.start('run', loud);
  const answers: string[] = [];
  await eventually('the failure', PATIENCE_MS, async () => {
    const { body } = await pod.get('/readyz');
    expect(body).toContain('bad');
    answers.push(body, (await pod.get('/metrics')).body);
  });
  first.kill('SIGTERM');
  expect(await exit(first)).toBe(0);
  pod.reconfigure({ startDeadlineMs: 100 });
  expect(await exit(pod.start('run', loud))).toBe(1);
  const everything = [pod.output, ...answers, await pod.lastWords()].join('\n');
  expect(everything).toContain('Cannot render');
  expect(everything).not.toContain(CANARY);
  expect(everything).not.toMatch(/\bs\.[A-Za-z0-9]{20,}/u);
});
