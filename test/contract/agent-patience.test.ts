import { expect, test } from 'vitest';
import { parseConfig } from '#contract/agent-config.ts';

const auth = { method: 'kubernetes', path: 'auth/kubernetes', role: 'r', tokenFile: '/t' };
const file = { name: 'a', volume: '/v', path: 'a', source: 'vault:kv/a#b' };

const read = (more: object, vault: object = {}, spec: object = {}): ReturnType<typeof parseConfig> =>
  parseConfig(
    JSON.stringify({
      version: 1,
      vault: { address: 'https://vault', auth, ...vault },
      files: [{ ...file, ...spec }],
      ...more,
    }),
  );

const keysOf = (result: ReturnType<typeof parseConfig>): readonly string[] =>
  result.ok ? [] : result.problems.map(({ key }) => key);

test('what annotations ask of the agent is read as it is', () => {
  const more = {
    backoff: { leastMs: 1000, mostMs: 5000 },
    replaceAfter: 0.9,
    endsOnLoginFault: true,
    suspendFile: '/run/sidekey/pod/suspend',
  };
  const vault = { serverName: 'vault.example', skipVerify: true, proxy: 'http://p:3128', maxConnections: 7 };
  expect(read(more, vault, { write: 'in-place' })).toMatchObject({
    ok: true,
    value: { config: { ...more, vault, files: [{ write: 'in-place' }] }, warnings: [] },
  });
});

test('what cannot be so is refused by its place', () => {
  expect(keysOf(read({ backoff: { leastMs: 10, mostMs: 5000 } }))).toEqual(['config.backoff.leastMs']);
  expect(keysOf(read({ backoff: { leastMs: 5000, mostMs: 1000 } }))).toEqual(['config.backoff.mostMs']);
  for (const replaceAfter of [0, 1.5, '0.9'])
    expect(keysOf(read({ replaceAfter }))).toEqual(['config.replaceAfter']);
  expect(keysOf(read({}, { proxy: 'p:3128', maxConnections: 0 }))).toEqual([
    'config.vault.proxy',
    'config.vault.maxConnections',
  ]);
  expect(keysOf(read({}, {}, { write: 'twice' }))).toEqual(['config.files[0].write']);
  const templateFile = { file: '/vault/custom/a.tmpl' };
  expect(keysOf(read({}, {}, { templateFile }))).toEqual(['config.files[0].source']);
});
