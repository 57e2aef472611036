import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { encodeText } from '#contract/template/bytes.ts';
import { parseTemplate } from '#contract/template/parse.ts';
import { ProviderError } from '../../agent/provider/errors.ts';
import { refKey, type Session } from '../../agent/provider/provider.ts';
import { createVaultProvider } from '../../agent/provider/vault/provider.ts';
import { Secret } from '../../agent/secret.ts';
import { evaluate } from '../../agent/template/evaluate.ts';
import { FUNCTIONS } from '../../agent/template/functions/table.ts';
import type { ValueMap } from '../../agent/value/value.ts';
import { runBaoAgent } from '../golden/templates/bao-agent.ts';
import { type OpenBaoServer, startOpenBao } from '../servers/openbao.ts';

/** Both agents ask the same server for the same: paths that are completed, versions, listings, writes, chains of them. */
let server: OpenBaoServer;
let session: Session;

beforeAll(async () => {
  server = await startOpenBao();
  const { api } = server;
  await api('POST', 'sys/mounts/kv', { type: 'kv', options: { version: '1' } });
  await api('POST', 'sys/mounts/team/kv', { type: 'kv', options: { version: '2' } });
  await api('POST', 'sys/mounts/transit', { type: 'transit' });
  await api('POST', 'transit/keys/k', {});
  for (const k of ['old', 'new']) await api('POST', 'secret/data/app', { data: { k, next: 'kv/app' } });
  for (const path of [
    'secret/data/data/app',
    'secret/data/a/data/b',
    'secret/data/deep/er',
    'team/kv/data/app',
  ])
    await api('POST', path, { data: { k: path } });
  for (const path of ['kv/app', 'kv/data/app', 'kv/deep/er', 'kv/with space', 'kv/é'])
    await api('PUT', path, { k: path });
  const auth = { method: 'jwt', path: 'auth/jwt', role: 'r', tokenFile: '/none' } as const;
  const provider = createVaultProvider(
    { address: server.address, auth, timeoutMs: 10_000 },
    { clock: systemClock },
  );
  session = provider.resume(new Secret(server.rootToken), { kind: 'static' });
});

afterAll(() => server.stop());

/** What the agent makes of a template, reading all that it asks for until nothing is missing. */
async function ours(text: string): Promise<string> {
  const template = parseTemplate({ text, left: '{{', right: '}}' });
  const known = new Map<string, ValueMap>();
  for (;;) {
    const evaluation = evaluate(
      { template, functions: FUNCTIONS },
      {
        has: () => true,
        secret: (ref) => known.get(refKey(ref)),
        env: () => undefined,
        now: () => new Date(),
      },
    );
    if (evaluation.ok) return encodeText(evaluation.text.reveal()).toString();
    for (const ref of evaluation.missing)
      known.set(refKey(ref), (await session.read(ref, new AbortController().signal)).value.reveal());
  }
}

const read = (path: string): string => `{{ with secret "${path}" }}{{ .Data }}{{ end }}`;
const v2 = (path: string): string => `{{ with secret "${path}" }}{{ .Data.data }}{{ end }}`;

const SAME: Readonly<Record<string, string>> = {
  'of KV v1': read('kv/app'),
  'of KV v1, with slashes and blanks around': read('  /kv/app/ '),
  'of KV v1, below data': read('kv/data/app'),
  'of KV v1, with a space': read('kv/with space'),
  'of KV v1, beyond ASCII': read('kv/é'),
  'of KV v2, completed': v2('secret/app'),
  'of KV v2, as it is': v2('secret/data/app'),
  'of KV v2, whose name begins with data': v2('secret/data/data/app'),
  'of KV v2, whose name holds data': v2('secret/a/data/b'),
  'of KV v2, deeper': v2('secret/deep/er'),
  'of KV v2, in an older version': v2('secret/data/app?version=1'),
  'of KV v2, in an older version, completed': v2('secret/app?version=1'),
  'of a mount below a path, completed': v2('team/kv/app'),
  'of a mount below a path': v2('team/kv/data/app'),
  'of its metadata':
    '{{ with secret "secret/metadata/app" }}{{ .Data.current_version }} {{ .Data.max_versions }}{{ end }}',
  'whose path is that of another':
    '{{ with secret "secret/app" }}{{ with secret .Data.data.next }}{{ .Data.k }}{{ end }}{{ end }}',
  'whose path is made up':
    '{{ range split "," "app,deep/er" }}{{ with secret (printf "kv/%s" .) }}{{ .Data.k }};{{ end }}{{ end }}',
  'of several templates': `${read('kv/app')}${v2('secret/app')}${read('kv/app')}`,
  'listing of KV v1': '{{ secrets "kv" }} {{ secrets "kv/deep/" }}',
  'listing of KV v2': '{{ secrets "secret" }} {{ secrets "secret/metadata/" }} {{ secrets "secret/deep" }}',
  'listing of a mount below a path': '{{ secrets "team/kv" }}',
  'listing of nothing': '[{{ secrets "kv/none" }}]',
  'listing that is ranged over':
    '{{ range secrets "kv/deep" }}{{ with secret (printf "kv/deep/%s" .) }}{{ .Data.k }}{{ end }}{{ end }}',
  'written to KV v2':
    '{{ with secret "secret/written" "a=b" " c = d=e " }}{{ .Data.destroyed }}{{ with secret "secret/written" }}{{ .Data.data }}{{ end }}{{ end }}',
  'written to an engine that answers':
    '{{ with secret "transit/encrypt/k" "plaintext=aGk=" }}{{ with secret "transit/decrypt/k" (printf "ciphertext=%s" .Data.ciphertext) }}{{ .Data.plaintext }}{{ end }}{{ end }}',
  'written with a number as text':
    '{{ with secret "transit/hash/sha2-256" "input=aGk=" "format=hex" }}{{ .Data.sum }}{{ end }}',
};

describe('the real agent and ours make the same of a secret', () => {
  test.each(Object.entries(SAME))('%s', async (_what, text) => {
    const source = { text, left: '{{', right: '}}' };
    const { files, exitCode } = await runBaoAgent(server, [{ name: 'case', source }]);
    expect(exitCode).toBe(0);
    const [their, own] = [files.get('case')?.toString(), await ours(text)];
    expect(own).toBe(their);
    expect(own).not.toBe('');
  });
});

test('of KV v2, the part with its keys alone is left as it is, as Vault does and OpenBao does not', async () => {
  const text = '{{ with secret "secret/subkeys/app" }}{{ .Data.subkeys }}{{ end }}';
  expect(await ours(text)).toBe('map[k:<nil> next:<nil>]');
});

describe('what there is not', () => {
  test.each(['kv/none', 'secret/none', 'none/at/all'])('is found neither: %s', async (path) => {
    await expect(ours(read(path))).rejects.toThrow(ProviderError);
  });
});
