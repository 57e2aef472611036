import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AgentConfig,
  type FileSpec,
  parseConfig,
  serialiseConfig,
} from '../../contract/agent-config.ts';
import { FILE_FORMATS } from '../../contract/file-format.ts';

const CONFIG: AgentConfig = {
  version: 1,
  vault: {
    address: 'https://vault:8200',
    auth: { method: 'jwt', path: 'auth/jwt', role: 'ml-inference', tokenFile: '/token' },
    timeoutMs: 1000,
  },
  files: [
    { name: 'a', volume: '/v', path: 'a', mode: 0o600, template: { text: '', left: '<<', right: '>>' } },
  ],
  pollMs: 1000,
  startDeadlineMs: null,
  revokeOnShutdown: true,
  stateDirectory: '/state',
  adminAddress: '127.0.0.1',
  adminPort: 0,
  terminationLog: '/dev/termination-log',
};

const words = fc.string({ unit: 'grapheme', minLength: 1 });
const segment = fc.stringMatching(/^[a-z][a-z0-9. -]{0,20}$/u);
const directory = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);

const target = {
  name: words,
  volume: directory,
  path: fc.tuple(segment, segment).map((parts) => parts.join('/')),
  mode: fc.nat(0o377).map((bits) => bits | 0o400),
};

// Sources as they are read: nothing around them.
const plain = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/u);
const key = { key: fc.tuple(plain, plain).map((parts) => parts.join(' ')) };
const vaultSource = fc.record(
  { store: fc.constant('vault'), path: fc.tuple(plain, plain).map((parts) => parts.join('/')), ...key },
  { requiredKeys: ['store', 'path'] },
);
const infisicalSource = fc.record(
  {
    store: fc.constant('infisical'),
    project: plain,
    environment: plain,
    folder: fc.array(plain, { maxLength: 3 }).map((parts) => `/${parts.join('/')}`),
    ...key,
  },
  { requiredKeys: ['store', 'project', 'environment', 'folder'] },
);

const file: fc.Arbitrary<FileSpec> = fc.oneof(
  fc.record({
    ...target,
    template: fc.record({ text: fc.string({ unit: 'binary' }), left: words, right: words }),
  }),
  fc.record({
    ...target,
    source: fc.oneof(vaultSource, infisicalSource),
    format: fc.constantFrom(...FILE_FORMATS),
  }),
);

const configs: fc.Arbitrary<AgentConfig> = fc.record({
  version: fc.constant(1),
  vault: fc.record(
    {
      address: fc.webUrl({ validSchemes: ['http', 'https'] }),
      namespace: words,
      caPem: words,
      timeoutMs: fc.integer({ min: 100 }),
      auth: fc.record({
        method: fc.constantFrom('kubernetes', 'jwt'),
        path: words,
        role: words,
        tokenFile: words,
      }),
    },
    { requiredKeys: ['address', 'timeoutMs', 'auth'] },
  ),
  // Each at a place of its own, for two at one place, or one below another, are refused.
  files: fc
    .array(file, { minLength: 1, maxLength: 4 })
    .map((files) =>
      files.map((each, index) => ({ ...each, name: `${index}${each.name}`, path: `${index}/${each.path}` })),
    ),
  pollMs: fc.integer({ min: 100 }),
  startDeadlineMs: fc.option(fc.nat()),
  revokeOnShutdown: fc.boolean(),
  stateDirectory: directory,
  adminAddress: words,
  adminPort: fc.nat(65_535),
  terminationLog: words,
});

describe('the text of a configuration', () => {
  test('is JSON, or base64 of it, with space around', () => {
    const json = JSON.stringify(CONFIG);
    const base64 = Buffer.from(json).toString('base64');
    for (const text of [json, ` ${json}\n`, base64, `${base64}\n`])
      expect(parseConfig(text)).toEqual({ ok: true, value: { config: CONFIG, warnings: [] } });
  });

  test.each(['', '{', 'no base64!', 'bm8ganNvbg=='])('is not "%s"', (text) => {
    expect(parseConfig(text)).toEqual({
      ok: false,
      problems: [{ key: 'config', message: 'is not JSON, nor base64 of JSON' }],
    });
  });

  test.each(['W10=', 'bnVsbA==', 'MQ=='])('is not that of a list, null or number: "%s"', (text) => {
    expect(parseConfig(text)).toEqual({
      ok: false,
      problems: [{ key: 'config', message: 'must be an object' }],
    });
  });

  test('has the source of a file as it is written in an annotation', () => {
    const place = { name: 'b', volume: '/v', path: 'b', mode: 0o644 };
    const source = { store: 'infisical', project: 'ml', environment: 'prod', folder: '/db' } as const;
    const text = serialiseConfig({ ...CONFIG, files: [{ ...place, source, format: 'dotenv' }] });
    expect(JSON.parse(Buffer.from(text, 'base64').toString())).toMatchObject({
      files: [{ ...place, source: 'infisical:ml/prod/db', format: 'dotenv' }],
    });
  });

  test('holds nothing that the kubelet would expand', () => {
    const text = serialiseConfig({
      ...CONFIG,
      terminationLog: '/dev/$(HOSTNAME)/$$',
    });
    expect(text).toMatch(/^[A-Za-z0-9+/]+=*$/u);
  });

  test('says all of any configuration, and says it the same way each time', () => {
    fc.assert(
      fc.property(configs, (config) => {
        const text = serialiseConfig(config);
        expect(parseConfig(text)).toEqual({ ok: true, value: { config, warnings: [] } });
        expect(serialiseConfig(config)).toBe(text);
      }),
    );
  });
});
