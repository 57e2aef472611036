import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBaseImage } from '../servers/base-image.ts';
import { type Compose, startCompose } from '../servers/compose.ts';
import { eventually, PATIENCE_MS } from '../servers/eventually.ts';
import { type Docker, findDocker } from '../servers/docker.ts';
import { makeOpenBaoImage, makePrometheusImage } from '../servers/images.ts';
import { freePort } from '../servers/port.ts';

interface Answer {
  readonly key: string;
  readonly pid: number;
  readonly model: { readonly id: string };
}

/** A server that takes longer is not alive. */
const ANSWER_MS = 10_000;

const ports = { store: 0, model: 0, prometheus: 0 };
let docker: Docker;
let compose: Compose;

async function get(port: number, path: string): Promise<unknown> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
  return response.json();
}

const askModel = async (): Promise<Answer> => (await get(ports.model, '/')) as Answer;

async function rotateTo(key: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${ports.store}/v1/secret/data/ml/api-key`, {
    method: 'POST',
    headers: { 'x-vault-token': 'dev-root' },
    body: JSON.stringify({ data: { key } }),
  });
  expect(response.status).toBe(200);
}

/** Nothing has taken longer than all since then. */
const begun = performance.now();

beforeAll(async () => {
  docker = await findDocker();
  ports.store = await freePort();
  ports.model = await freePort();
  ports.prometheus = await freePort();
  compose = await startCompose(docker, {
    file: 'deploy/compose/compose.yaml',
    project: `sidekey-test-${process.pid}`,
    environment: {
      SIDEKEY_BASE_IMAGE: await makeBaseImage(docker),
      SIDEKEY_STORE_IMAGE: await makeOpenBaoImage(docker),
      SIDEKEY_PROMETHEUS_IMAGE: await makePrometheusImage(docker),
      SIDEKEY_STORE_PORT: String(ports.store),
      SIDEKEY_MODEL_PORT: String(ports.model),
      SIDEKEY_PROMETHEUS_PORT: String(ports.prometheus),
    },
  });
}, 900_000);

afterAll(async () => {
  await compose?.[Symbol.asyncDispose]();
  await docker?.[Symbol.asyncDispose]();
});

describe('deploy/compose', () => {
  test('the model server is started with its key in place', async () => {
    const { key } = await eventually('the model server', PATIENCE_MS, askModel);
    expect(key).toMatch(/^[\da-f]{24}$/u);
  });

  test('a rotated key reaches the model server, which is not restarted', async () => {
    const before = await askModel();
    const key = `rotated-${Date.now()}`;
    await rotateTo(key);
    const after = await eventually('the new key', PATIENCE_MS, async () => {
      const answer = await askModel();
      expect(answer.key).toBe(key);
      return answer;
    });
    expect(after).toEqual({ ...before, key });
  });

  test('Prometheus has scraped how long the model server waited', async () => {
    const query = '/api/v1/query?query=sidekey_agent_first_render_seconds';
    const value = await eventually('the metric in Prometheus', PATIENCE_MS, async () => {
      const answer = (await get(ports.prometheus, query)) as {
        data: { result: [{ value: [number, string] }] };
      };
      return Number(answer.data.result[0].value[1]);
    });
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThan((performance.now() - begun) / 1000);
  });

  test('Prometheus has loaded the alerts', async () => {
    const rules = JSON.stringify(await get(ports.prometheus, '/api/v1/rules'));
    expect(rules).toContain('SidekeyGpuWaitsForSecrets');
  });

  test('no container was started twice, and the agent is not root', async () => {
    const ids = (await compose.run('ps', '--quiet')).trim().split('\n');
    const states = await docker.docker('inspect', '--format', '{{.RestartCount}}', ...ids);
    expect(new Set(states.trim().split('\n'))).toEqual(new Set(['0']));
    const [agent = ''] = (await compose.run('ps', '--quiet', 'agent')).trim().split('\n');
    expect(await docker.docker('inspect', '--format', '{{.Config.User}}', agent)).toContain('65532:65532');
  });
});
