import { expect, test } from 'vitest';
import { parseConfig, serialiseConfig } from '../../contract/agent-config.ts';

const FILE = { name: 'api', volume: '/v', path: 'api', template: { text: 'x' } };
const VAULT = { address: 'https://vault:8200', auth: { role: 'ml', tokenFile: '/t' } };
const INFISICAL = { address: 'https://i', auth: { identityId: 'id', tokenFile: '/t' } };

test('whom to trust may be a file, of each store', () => {
  const stores = {
    vault: { ...VAULT, caFile: '/vault/tls/ca.crt' },
    infisical: { ...INFISICAL, caFile: '/infisical/ca.crt' },
  };
  const first = parseConfig(JSON.stringify({ version: 1, files: [FILE], ...stores }));
  const again = first.ok && parseConfig(serialiseConfig(first.value.config));
  expect(again).toMatchObject({
    value: {
      config: { vault: { caFile: '/vault/tls/ca.crt' }, infisical: { caFile: '/infisical/ca.crt' } },
      warnings: [],
    },
  });
});

test('a file and certificates beside it contradict each other', () => {
  const vault = { ...VAULT, caFile: '/ca.crt', caPem: 'PEM' };
  expect(parseConfig(JSON.stringify({ version: 1, vault, files: [FILE] }))).toEqual({
    ok: false,
    problems: [{ key: 'config.vault.caFile', message: 'must not be there beside "caPem"; give one of them' }],
  });
});
