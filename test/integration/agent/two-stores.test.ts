import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { CANARY, exit, Pod, writeSecret } from './stage.ts';
import { startTwoStores, type TwoStores } from './two-stores.ts';

const TEMPLATES = {
  'of-vault': '{{ with secret "secret/data/ml/api-key" }}{{ .Data.data.key }}{{ end }}',
  'of-infisical': '{{ with getSecretByName "app-x1" "dev" "/" "API_KEY" }}{{ .Value }}{{ end }}',
  both:
    '{{ with secret "secret/data/ml/api-key" }}{{ .Data.data.key }}{{ end }}' +
    '{{ range listSecretsByProjectSlug "app-x1" "dev" "/" }}|{{ .Key }}={{ .Value }}{{ end }}',
};

let stores: TwoStores;

beforeAll(async () => {
  stores = await startTwoStores();
});

afterAll(() => stores[Symbol.asyncDispose]());

const mixedPod = (): Promise<Pod> => stores.pod({ templates: TEMPLATES, revokeOnShutdown: true });

const writeInfisical = (value: string): void => stores.write('/', 'API_KEY', value);

const shows = (pod: Pod, file: keyof typeof TEMPLATES, text: string): Promise<void> =>
  eventually(`${file} with ${text}`, PATIENCE_MS, async () => expect(await pod.read(file)).toContain(text));

describe('one agent with secrets of Vault and of Infisical', () => {
  test('renders and rotates both without a restart, logs in once to each and revokes both tokens', async () => {
    await writeSecret(stores.bao, `${CANARY}-v1`);
    writeInfisical('i1');
    await using pod = await mixedPod();
    const agent = pod.start('run');
    await pod.ready();
    expect(await pod.read('of-vault')).toBe(`${CANARY}-v1`);
    expect(await pod.read('of-infisical')).toBe('i1');
    expect(await pod.read('both')).toContain(`${CANARY}-v1|API_KEY=i1|DATABASE_URL=`);
    writeInfisical('i2');
    await shows(pod, 'both', '|API_KEY=i2|');
    await shows(pod, 'of-infisical', 'i2');
    await writeSecret(stores.bao, `${CANARY}-v2`);
    await shows(pod, 'both', `${CANARY}-v2|API_KEY=i2|`);
    expect(agent.exitCode).toBeNull();
    expect(await pod.metric('sidekey_agent_store_requests_total{operation="login"}')).toBe(2);
    agent.kill('SIGTERM');
    expect(await exit(agent)).toBe(0);
    expect(stores.infisical.fake.identities.living).toBe(0);
    expect(pod.output).not.toContain(CANARY);
  });

  test('an outage of Infisical leaves the secrets of Vault rotating, and the reverse', async () => {
    await using pod = await mixedPod();
    pod.start('run');
    await pod.ready();
    await stores.infisical.fake.close();
    await writeSecret(stores.bao, `${CANARY}-v3`);
    await shows(pod, 'of-vault', `${CANARY}-v3`);
    await eventually('the outage', PATIENCE_MS, async () =>
      expect(await pod.metric('sidekey_agent_store_up{store="infisical"}')).toBe(0),
    );
    expect(await pod.metric('sidekey_agent_store_up{store="vault"}')).toBe(1);
    await stores.infisical.fake.open();
    await stores.bao.halt();
    writeInfisical('i3');
    await shows(pod, 'of-infisical', 'i3');
    expect((await pod.get('/readyz')).status).toBe(200);
    await stores.bao.restart();
    await writeSecret(stores.bao, `${CANARY}-v4`);
    await shows(pod, 'both', `${CANARY}-v4|API_KEY=i3|`);
  });

  test('a restarted agent logs in to neither again', async () => {
    await using pod = await mixedPod();
    const first = pod.start('run');
    await pod.ready();
    first.kill('SIGKILL');
    await exit(first);
    const logins = stores.infisical.fake.count('kubernetes-auth/login');
    pod.start('run');
    await pod.ready();
    expect(stores.infisical.fake.count('kubernetes-auth/login')).toBe(logins);
    expect(await pod.metric('sidekey_agent_store_requests_total{operation="login"}')).toBe(0);
  });

  test('a template that asks for a store that is not configured is refused with its place', async () => {
    await using pod = await Pod.create(stores.bao, { templates: { one: TEMPLATES['of-infisical'] } });
    expect(await exit(pod.start('init'))).toBe(1);
    expect(await pod.lastWords()).toContain('line 1, column 9: getSecretByName: the agent is not configured');
  });
});
