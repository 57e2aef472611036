import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execute } from '../run/command.ts';
import { startBundle, NONROOT } from '../servers/bundle-process.ts';
import { loopbackCertificate, writeCertificate } from '../servers/certificate.ts';
import { eventually, PATIENCE_MS } from '../servers/eventually.ts';
import { startOpenBao } from '../servers/openbao.ts';
import { freePort } from '../servers/port.ts';
import { type Prometheus, startPrometheus } from '../servers/prometheus.ts';
import {
  createTokenIssuer,
  mountKubernetesAuth,
  writePolicy,
  writeRole,
} from '../servers/service-account.ts';

const SECRET = 'secret/data/ml/api-key';

/** Nothing has taken longer than all since then. */
const begun = performance.now();

const stack = new AsyncDisposableStack();
const ports = { agent: 0, injector: 0 };
let directory: string;
let prometheus: Prometheus;

/** A directory that the bundles' user may write to. */
async function ownedDirectory(name: string): Promise<string> {
  const path = join(directory, name);
  await mkdir(path);
  await chown(path, NONROOT, NONROOT);
  return path;
}

async function startAgent(): Promise<void> {
  const store = stack.use(await startOpenBao());
  const issuer = createTokenIssuer();
  await mountKubernetesAuth(store.api, issuer);
  await writePolicy(store.api, 'ml', { [SECRET]: ['read'] });
  await writeRole(store.api, { name: 'ml', policies: ['ml'] });
  await store.api('POST', SECRET, { data: { key: 'scraped' } });
  const tokenFile = join(directory, 'token');
  await writeFile(tokenFile, issuer.token({ namespace: 'default', name: 'default' }), { mode: 0o644 });
  const config = {
    version: 1,
    vault: { address: store.address, auth: { path: 'auth/kubernetes', role: 'ml', tokenFile } },
    files: [
      {
        name: 'api',
        volume: await ownedDirectory('secrets'),
        path: 'api',
        template: { text: `{{ with secret "${SECRET}" }}{{ .Data.data.key }}{{ end }}` },
        // Nothing changes, so nobody is told.
        reload: { kind: 'http', url: 'http://127.0.0.1:9/' },
      },
    ],
    stateDirectory: await ownedDirectory('state'),
    adminPort: ports.agent,
    terminationLog: join(directory, 'state/termination-log'),
  };
  stack.use(
    await startBundle({
      name: 'agent',
      args: ['run'],
      environment: { SIDEKEY_CONFIG: JSON.stringify(config) },
    }),
  );
}

async function startInjector(): Promise<void> {
  const { certFile, keyFile } = await writeCertificate(directory, await loopbackCertificate());
  const environment = {
    SIDEKEY_STANDALONE: 'true',
    SIDEKEY_LISTEN: `127.0.0.1:${await freePort()}`,
    SIDEKEY_ADMIN_PORT: String(ports.injector),
    SIDEKEY_TLS_CERT_FILE: certFile,
    SIDEKEY_TLS_KEY_FILE: keyFile,
    SIDEKEY_AGENT_IMAGE: 'localhost/sidekey-agent:test',
    SIDEKEY_VAULT_ADDRESS: 'http://127.0.0.1:8200',
    SIDEKEY_DRAIN_DELAY: '0s',
  };
  stack.use(await startBundle({ name: 'injector', environment }));
}

async function exposition(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.status).toBe(200);
  return response.text();
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sidekey-scraped-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  await execute(['chmod', '755', directory]);
  ports.agent = await freePort();
  ports.injector = await freePort();
  await startAgent();
  await startInjector();
  prometheus = stack.use(
    await startPrometheus({ agent: `127.0.0.1:${ports.agent}`, injector: `127.0.0.1:${ports.injector}` }),
  );
});

afterAll(() => stack.disposeAsync());

/** The value once Prometheus has it. */
const scraped = (expression: string): Promise<number> =>
  eventually(expression, PATIENCE_MS, () => prometheus.value(expression));

describe('Prometheus', () => {
  test.each(['agent', 'injector'])('scrapes the %s', async (job) => {
    await eventually(`${job} up`, PATIENCE_MS, async () => {
      expect(await prometheus.value(`up{job="${job}"}`)).toBe(1);
    });
  });

  test('knows how long the agent kept its pod waiting', async () => {
    const seconds = await scraped('sidekey_agent_first_render_seconds > 0');
    expect(seconds).toBeLessThan((performance.now() - begun) / 1000);
  });

  test('knows that the agent is ready and its store answers', async () => {
    expect(await scraped('sidekey_agent_ready == 1')).toBe(1);
    expect(await scraped('sidekey_agent_store_up == 1')).toBe(1);
  });

  test('knows the state of each file', async () => {
    expect(await scraped('sidekey_agent_file_up_to_date{file="api"} == 1')).toBe(1);
  });

  test('knows when the webhook’s certificate ends', async () => {
    expect(await scraped('sidekey_injector_cert_not_after_timestamp_seconds - time()')).toBeGreaterThan(3600);
  });

  test('sees every metric that an alert asks for', async () => {
    const rules = await readFile('deploy/prometheus/rules.yaml', 'utf8');
    const asked = new Set(rules.match(/\bsidekey_(?:agent|injector)_[a-z_]+/gu));
    expect(asked.size).toBeGreaterThan(5);
    for (const metric of asked) {
      const series = `{__name__=~"${metric}(_count)?"}`;
      expect(await scraped(`count(${series})`), metric).toBeGreaterThan(0);
    }
  });
});

describe('promtool', () => {
  test.each(['agent', 'injector'] as const)('finds no fault with the metrics of the %s', async (name) => {
    const file = join(directory, `${name}.metrics`);
    await writeFile(file, await exposition(ports[name]));
    const { code, output } = await execute(['sh', '-c', `promtool check metrics < ${file}`]);
    expect(output).toBe('');
    expect(code).toBe(0);
  });

  test('accepts the configuration and the alerts', async () => {
    const { code, output } = await execute([
      'promtool',
      'check',
      'config',
      'deploy/prometheus/prometheus.yml',
    ]);
    expect(output).toContain('rules found');
    expect(code, output).toBe(0);
  });

  test('sees the alerts fire when they should, and only then', async () => {
    const { code, output } = await execute([
      'promtool',
      'test',
      'rules',
      'deploy/prometheus/rules.test.yaml',
    ]);
    expect(code, output).toBe(0);
  });
});

test('the agent exposes fewer than 60 series, for it is multiplied by every pod', async () => {
  const text = await exposition(ports.agent);
  const series = text.split('\n').filter((line) => line.startsWith('sidekey_agent_'));
  expect(series.length).toBeGreaterThan(10);
  expect(series.length).toBeLessThan(60);
});

test('no exposition holds the secret', async () => {
  expect(await exposition(ports.agent)).not.toContain('scraped');
});
