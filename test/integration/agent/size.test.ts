import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AgentConfig, type FileSpec, serialiseConfig } from '#contract/agent-config.ts';
import { CONFIG_LIMIT_BYTES } from '#contract/layout.ts';
import { eventually } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { mountTmpfs } from '../../servers/tmpfs.ts';
import { SIZES } from './faults/rows/ends.ts';
import { exit, furnish, Pod } from './stage.ts';

const MIB = 1024 * 1024;
const PATIENCE_MS = 600_000;
const PATIENT = { vault: { timeoutMs: 60_000 } };

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao();
  await furnish(bao);
});

afterAll(() => bao.stop());

const write = (name: string, key: string): Promise<unknown> =>
  bao.api('POST', `secret/data/ml/${name}`, { data: { key } });

/** One MiB of it, with characters that JSON has to escape and such of several bytes. */
function largeOf(letter: string): string {
  const piece = `${letter}"\\\n\u0001ü€😀`;
  const size = Buffer.byteLength(piece);
  return piece.repeat(Math.floor(MIB / size)) + letter.repeat(MIB % size);
}

test(
  'a secret of 1 MiB is in its files to the byte, changes, and is there again with the next agent',
  async () => {
    expect(Buffer.byteLength(largeOf('a'))).toBe(MIB);
    await write('large', largeOf('a'));
    await using pod = await Pod.create(bao, {
      ...PATIENT,
      templates: { raw: '{{ with secret "secret/data/ml/large" }}{{ .Data.data.key }}{{ end }}' },
      sources: { json: { source: { store: 'vault', path: 'secret/data/ml/large' }, format: 'json' } },
    });
    await using _ = await mountTmpfs(join(pod.directory, 'secrets'), 'size=8m');
    const first = pod.start('run');
    await pod.ready(PATIENCE_MS);
    expect(await pod.read('raw')).toBe(largeOf('a'));
    await write('large', largeOf('b'));
    await eventually('the new secret', PATIENCE_MS, async () =>
      expect(await pod.read('raw')).toBe(largeOf('b')),
    );
    await expect.poll(() => pod.output, { timeout: PATIENCE_MS }).toContain(SIZES.large.log);
    expect(JSON.parse(await pod.read('json'))).toEqual({ key: largeOf('b') });
    first.kill('SIGKILL');
    await exit(first);
    pod.start('run');
    await pod.ready(PATIENCE_MS);
    await expect.poll(() => pod.output).toContain('Resumed the saved state');
    expect(await pod.read('raw')).toBe(largeOf('b'));
  },
  2 * PATIENCE_MS,
);

const MANY = 1000;
const AT_ONCE = 20;

test(
  '1,000 secrets of one pod are in one file and in as many as its configuration has room for, and each change arrives',
  async () => {
    const keys = Array.from({ length: MANY }, (_, index) => `key ${index}`);
    const left = keys.entries();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const [index, key] of left) await write(`many-${index}`, key);
      }),
    );
    const one = `{{ with secret (printf "secret/data/ml/many-%d" .) }}{{ .Data.data.key }}\n{{ end }}`;
    await using pod = await Pod.create(bao, {
      ...PATIENT,
      templates: { all: `{{ range loop ${MANY} }}${one}{{ end }}` },
      pollMs: 5000,
    });
    pod.reconfigure({ files: asManyAsFit(pod.config) });
    const single = pod.config.files.length - 1;
    expect(single).toBeGreaterThan(400);
    pod.start('run');
    await pod.ready(PATIENCE_MS);
    const expectAll = async (): Promise<void> => {
      expect(await pod.read('all')).toBe(keys.map((key) => `${key}\n`).join(''));
      const files = await Promise.all(keys.slice(0, single).map((_, index) => pod.read(`f${index}`)));
      expect(files).toEqual(keys.slice(0, single));
    };
    await expectAll();
    for (const index of [7, MANY - 1]) {
      keys[index] = 'changed';
      await write(`many-${index}`, 'changed');
    }
    await eventually('the changes', PATIENCE_MS, expectAll);
    expect(await pod.metric('sidekey_agent_store_requests_total{operation="login"}')).toBe(1);
    await expect.poll(() => pod.output, { timeout: PATIENCE_MS }).toContain(SIZES.many.log);
  },
  4 * PATIENCE_MS,
);

/** To a first file as many as possible, of a secret each. */
function asManyAsFit(config: AgentConfig): readonly FileSpec[] {
  const withFiles = (count: number): AgentConfig => ({
    ...config,
    files: [
      ...config.files,
      ...Array.from({ length: count }, (_, index): FileSpec => {
        const source = { store: 'vault', path: `secret/data/ml/many-${index}`, key: 'key' } as const;
        const volume = config.files[0]?.volume ?? '';
        return { name: `f${index}`, path: `f${index}`, volume, mode: 0o644, source, format: 'raw' };
      }),
    ],
  });
  const fits = (count: number): boolean => serialiseConfig(withFiles(count)).length <= CONFIG_LIMIT_BYTES;
  let count = 0;
  while (fits(count + 1)) count += 1;
  return withFiles(count).files;
}
