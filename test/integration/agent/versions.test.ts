import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { writePolicy } from '../../servers/service-account.ts';
import { awaitTurns, requestsOf } from './asked.ts';
import { furnish, Pod } from './stage.ts';

const DATA = 'secret/data/ml/model-card';
const METADATA = 'secret/metadata/ml/model-card';
const SMALL = 'secret/data/ml/api-key';
const LETTERS = 40_000;

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
});

afterAll(() => bao.stop());

const write = (letter: string): Promise<unknown> =>
  bao.api('POST', DATA, { data: { text: letter.repeat(LETTERS) } });

const requests = (path: string): Promise<number> => requestsOf(bao, path);
const turns = (path: string, more: number): Promise<void> => awaitTurns(bao, path, more);

/** A large secret and a small one. */
async function startPod(): Promise<Pod> {
  await write('a');
  const pod = await Pod.create(bao, {
    templates: {
      large: `{{ with secret "${DATA}" }}{{ .Data.data.text }}{{ end }}`,
      small: `{{ with secret "${SMALL}" }}{{ .Data.data.key }}{{ end }}`,
    },
    pollMs: 300,
  });
  pod.start('run');
  await pod.ready();
  return pod;
}

describe('a large secret', () => {
  test('is read when its metadata say that it has changed, and only then', async () => {
    await writePolicy(bao.api, 'ml', { 'secret/data/ml/*': ['read'], 'secret/metadata/ml/*': ['read'] });
    const before = await requests(DATA);
    const others = await requests('secret/metadata/ml/api-key');
    await using pod = await startPod();
    await turns(METADATA, 5);
    // Written once, read once.
    expect((await requests(DATA)) - before).toBe(2);
    await write('b');
    await eventually('the change', PATIENCE_MS, async () =>
      expect(await pod.read('large')).toBe('b'.repeat(LETTERS)),
    );
    await turns(METADATA, 3);
    expect((await requests(DATA)) - before).toBe(4);
    expect((await requests('secret/metadata/ml/api-key')) - others).toBe(0);
  });

  test('whose metadata may not be read is read each time; they are asked for once with each login', async () => {
    await writePolicy(bao.api, 'ml', { 'secret/data/ml/*': ['read'] });
    const before = await requests(METADATA);
    await using pod = await startPod();
    await turns(DATA, 5);
    await write('b');
    await eventually('the change', PATIENCE_MS, async () =>
      expect(await pod.read('large')).toBe('b'.repeat(LETTERS)),
    );
    expect((await requests(METADATA)) - before).toBe(1);
    expect(await pod.metric('sidekey_agent_store_errors_total{reason="forbidden"}')).toBe(0);
    await bao.api('PUT', 'sys/leases/revoke-prefix/auth/kubernetes/login');
    await eventually('another login', PATIENCE_MS, async () =>
      expect(await pod.metric('sidekey_agent_store_requests_total{operation="login"}')).toBe(2),
    );
    await turns(DATA, 5);
    expect((await requests(METADATA)) - before).toBe(2);
  });

  test('that was deleted is kept, and told of', async () => {
    await writePolicy(bao.api, 'ml', { 'secret/data/ml/*': ['read'], 'secret/metadata/ml/*': ['read'] });
    await using pod = await startPod();
    await turns(METADATA, 1);
    await bao.api('DELETE', DATA);
    await eventually('the failure', PATIENCE_MS, async () =>
      expect(await pod.metric('sidekey_agent_file_up_to_date{file="large"}')).toBe(0),
    );
    expect(await pod.read('large')).toBe('a'.repeat(LETTERS));
  });
});
