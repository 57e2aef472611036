import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OperatorDefaults } from '../../../injector/annotations/operator.ts';
import { parseAnnotations } from '../../../injector/annotations/parse.ts';
import { annotations, nativeAnnotations, SETTINGS } from '../admission/example.ts';

type Texts = Readonly<Record<string, string>>;

/** Every annotation by which a pod may say where a store is. */
const WAYS: readonly (readonly [string, (address: string) => Texts])[] = [
  ['vault.hashicorp.com/service', (address) => annotations({ service: address })],
  ['sidekey.dev/vault-address', (address) => nativeAnnotations({ 'vault-address': address })],
  [
    'sidekey.dev/infisical-address',
    (address) =>
      nativeAnnotations({
        'infisical-identity': 'i',
        'infisical-address': address,
        'secret.b': 'infisical:ml/prod#B',
      }),
  ],
];

const allowing = (...allowedAddresses: readonly string[]): OperatorDefaults => ({
  ...SETTINGS,
  vault: { ...SETTINGS.vault, address: 'https://store.example:8200', allowedAddresses },
  infisical: { ...SETTINGS.infisical, address: 'https://store.example:8200', allowedAddresses },
});

const problems = (found: Texts, settings: OperatorDefaults) => parseAnnotations(found, settings).problems;

/** Where nobody's token is to be sent, in every spelling. */
const FORBIDDEN = [
  'http://169.254.169.254',
  'http://169.254.169.254/latest/meta-data',
  'http://169.254.169.254.',
  'http://2852039166',
  'http://0251.0376.0251.0376',
  'http://0xa9fea9fe',
  'http://0xa9.0xfe.0xa9.0xfe',
  'http://[::ffff:169.254.169.254]',
  'http://[::ffff:a9fe:a9fe]',
  'http://[fd00:ec2::254]',
  'http://[fe80::1]',
  'http://[fe80::1%25eth0]',
  'http://metadata.google.internal',
  'http://127.0.0.1:8200',
  'http://127.1',
  'http://0.0.0.0:8200',
  'http://2130706433',
  'http://017700000001',
  'http://localhost:8200',
  'http://LOCALHOST.:8200',
  'http://[::1]:8200',
  'http://[::ffff:127.0.0.1]:8200',
  'https://store.example:8200@169.254.169.254',
  'https://store.example:8200@evil.example',
  'https://store.example:8200.evil.example',
  'https://store.example.:8200',
  'https://store.example:8200\\@evil.example',
  'https://store.example:8200#@evil.example',
  'https://store.example:8200/../..//evil.example',
  'https://store.example:8200/%2e%2e',
  'https://store.example:82000',
  'https://store.example',
  'http://store.example:8200',
  'HTTPS://STORE.EXAMPLE:8200',
  'https://stоre.example:8200',
  '//store.example:8200',
  'store.example:8200',
  'file:///etc/passwd',
  'unix:///var/run/store.sock',
  'https://store.example:8200\nhttps://evil.example',
  'https://store.example:8200,https://evil.example',
  '',
];

describe.each(WAYS)('%s', (key, asking) => {
  test('may be the operator’s own address where nothing else is allowed', () => {
    for (const address of ['https://store.example:8200', 'https://store.example:8200/'])
      expect(problems(asking(address), allowing())).toEqual([]);
  });

  test.each(FORBIDDEN)('may not be %j, and is told what it may be', (address) => {
    expect(problems(asking(address), allowing())).toEqual([
      {
        rule: 'address',
        key,
        message: expect.stringMatching(
          /expected an address that the operator allows: "https:\/\/store\.example:8200"$/u,
        ) as string,
      },
    ]);
  });

  test('may be one that the operator has listed, even loopback, in the spelling of the list', () => {
    const listed = ['http://127.0.0.1:8200', 'http://[fd00:ec2::254]'];
    for (const address of listed) expect(problems(asking(address), allowing(...listed))).toEqual([]);
    for (const other of ['http://127.0.0.1:8201', 'http://127.1:8200', 'http://[fd00:ec2:0::254]'])
      expect(problems(asking(other), allowing(...listed))).toHaveLength(1);
  });

  test('whatever it says, the agent is told an address of the list', () => {
    const settings = allowing('https://eu.store.example');
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string(), fc.constantFrom(...FORBIDDEN)), (address) => {
        const { injection } = parseAnnotations(asking(address), settings);
        for (const store of [injection.vault, injection.infisical])
          expect([undefined, 'https://store.example:8200', 'https://eu.store.example']).toContain(
            store?.address,
          );
      }),
    );
  });
});

describe('a proxy', () => {
  const PROXY = 'vault.hashicorp.com/proxy-address';
  const asking = (proxy: string): Texts => annotations({ 'proxy-address': proxy });
  const settings = {
    ...SETTINGS,
    vault: {
      ...SETTINGS.vault,
      proxy: 'http://proxy.example:3128',
      allowedProxies: ['http://b.example:3128'],
    },
  };

  test('may be the operator’s or one of the list, or none', () => {
    for (const proxy of ['http://proxy.example:3128', 'http://b.example:3128', ''])
      expect(problems(asking(proxy), settings)).toEqual([]);
  });

  test.each([...FORBIDDEN.filter((one) => one !== ''), 'http://b.example:3129'])('may not be %j', (proxy) => {
    expect(problems(asking(proxy), settings)).toMatchObject([{ key: PROXY, rule: 'address' }]);
    expect(problems(asking(proxy), SETTINGS)).toMatchObject([{ key: PROXY, rule: 'address' }]);
  });
});
