import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '#contract/agent-config.ts';
import { CONFIG_VARIABLE } from '#contract/layout.ts';
import { call } from '../injector/server/client.ts';
import { loopbackCertificate } from '../servers/certificate.ts';
import { Injector } from '../servers/injector.ts';
import { ASKS_NATIVELY, MODEL_SERVER } from './pods.ts';
import { reviewOf } from './review.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sidekey-authorities-'));
  await chmod(directory, 0o755);
});

afterAll(() => rm(directory, { recursive: true }));

const REVIEW = reviewOf({ metadata: { annotations: ASKS_NATIVELY }, spec: { containers: [MODEL_SERVER] } });

/** The configuration of the agent in the answer to a review. */
function configIn(body: string): unknown {
  const { patch = '' } = (JSON.parse(body) as { response: { patch?: string } }).response;
  const operations = Buffer.from(patch, 'base64').toString();
  const [, text = ''] =
    new RegExp(`"name":"${CONFIG_VARIABLE}","value":"([^"]+)"`, 'u').exec(operations) ?? [];
  const config = parseConfig(text);
  return config.ok ? config.value.config : config;
}

test('each store’s agents trust its own authorities, of whose file nothing else reaches a pod', async () => {
  const [vault, infisical] = [await loopbackCertificate(), await loopbackCertificate()];
  const [vaultFile, infisicalFile] = [join(directory, 'vault.pem'), join(directory, 'infisical.pem')];
  await writeFile(vaultFile, `# Vault\n${vault.caPem}`);
  await writeFile(infisicalFile, `${infisical.keyPem}${infisical.caPem}`);
  await using injector = await Injector.prepare({
    SIDEKEY_VAULT_CA_FILE: vaultFile,
    SIDEKEY_INFISICAL_ADDRESS: 'https://infisical.example',
    SIDEKEY_INFISICAL_CA_FILE: infisicalFile,
  });
  await injector.writeCertificate();
  await injector.start();
  const { port, certificate } = injector;
  const { body } = await call({ port, caPem: certificate.caPem, body: REVIEW });
  expect(configIn(body)).toMatchObject({
    vault: { caPem: vault.caPem },
    infisical: { address: 'https://infisical.example', caPem: infisical.caPem },
  });
});

test('a file without authorities keeps the injector from starting, by name', async () => {
  const file = join(directory, 'empty.pem');
  await writeFile(file, 'nothing\n');
  await using injector = await Injector.prepare({
    SIDEKEY_INFISICAL_ADDRESS: 'https://infisical.example',
    SIDEKEY_INFISICAL_CA_FILE: file,
  });
  await injector.writeCertificate();
  injector.launch();
  expect(await injector.ended()).toBe(1);
  expect(injector.output).toContain(`Cannot use ${file}`);
});
