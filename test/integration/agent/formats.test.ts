import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SourceContent } from '#contract/agent-config.ts';
import { FILE_FORMATS } from '#contract/file-format.ts';
import type { SecretSource } from '#contract/secret-source.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { writePolicy } from '../../servers/service-account.ts';
import { CANARY, type Pod } from './stage.ts';
import { startTwoStores, type TwoStores } from './two-stores.ts';

const FOLDER: SecretSource = {
  store: 'infisical',
  project: 'app-x1',
  environment: 'dev',
  folder: '/serving',
};
const PATH: SecretSource = { store: 'vault', path: 'secret/data/ml/serving' };

/** The whole of both places in every format, and one key of each as it is. */
const SOURCES: Readonly<Record<string, SourceContent>> = {
  ...Object.fromEntries(
    FILE_FORMATS.flatMap((format) => [
      [`infisical.${format}`, { source: FOLDER, format }],
      [`vault.${format}`, { source: PATH, format }],
    ]),
  ),
  'infisical-key': { source: { ...FOLDER, key: 'TOKEN' }, format: 'raw' },
  'vault-key': { source: { ...PATH, key: 'TOKEN' }, format: 'raw' },
};

let stores: TwoStores;

beforeAll(async () => {
  stores = await startTwoStores();
});

afterAll(() => stores[Symbol.asyncDispose]());

/** Both stores with the same two values, as at the beginning. */
async function furnishBoth(token: string): Promise<void> {
  const { fake, project } = stores.infisical;
  fake.projects.createFolder(project, 'dev', '/serving');
  stores.write('/serving', 'NOTE', "it's\n#2");
  stores.write('/serving', 'TOKEN', token);
  await writeVault({ NOTE: "it's\n#2", TOKEN: token });
}

const writeVault = (data: object): Promise<unknown> =>
  stores.bao.api('POST', 'secret/data/ml/serving', { data });

async function readyPod(): Promise<Pod> {
  const pod = await stores.pod({ templates: {}, sources: SOURCES });
  pod.start('run');
  await pod.ready();
  return pod;
}

const shows = (pod: Pod, file: string, text: string): Promise<void> =>
  eventually(`${file} with ${text}`, PATIENCE_MS, async () => expect(await pod.read(file)).toContain(text));

const contentOf = (token: string): Readonly<Record<string, string>> => ({
  raw: `NOTE: it's\n#2\nTOKEN: ${token}\n`,
  json: `{\n  "NOTE": "it's\\n#2",\n  "TOKEN": "${token}"\n}\n`,
  yaml: `NOTE: "it's\\n#2"\nTOKEN: "${token}"\n`,
  dotenv: `NOTE="it's\n#2"\nTOKEN='${token}'\n`,
  properties: `NOTE=it's\\n\\#2\nTOKEN=${token}\n`,
});

const listings = (status: 200 | 304): number => stores.infisical.fake.count(`GET /api/v4/secrets ${status}`);

describe('a folder of Infisical and a secret of Vault, in every format', () => {
  test('are files, and both rotate; what has not changed is not sent again', async () => {
    await furnishBoth(`${CANARY}-1`);
    const [unchanged, sent] = [listings(304), listings(200)];
    await using pod = await readyPod();
    for (const [format, text] of Object.entries(contentOf(`${CANARY}-1`)))
      for (const store of ['infisical', 'vault'])
        expect(await pod.read(`${store}.${format}`), `${store}.${format}`).toBe(text);
    for (const store of ['infisical', 'vault']) expect(await pod.read(`${store}-key`)).toBe(`${CANARY}-1`);
    await eventually('two answers without a body', PATIENCE_MS, async () =>
      expect(listings(304) - unchanged).toBeGreaterThan(1),
    );
    expect(listings(200) - sent).toBe(1);
    stores.write('/serving', 'TOKEN', `${CANARY}-2`);
    await writeVault({ NOTE: "it's\n#2", TOKEN: `${CANARY}-2` });
    for (const [format, text] of Object.entries(contentOf(`${CANARY}-2`)))
      for (const store of ['infisical', 'vault']) await shows(pod, `${store}.${format}`, text);
    for (const store of ['infisical', 'vault']) await shows(pod, `${store}-key`, `${CANARY}-2`);
    expect(listings(200) - sent).toBe(2);
    expect(pod.output).not.toContain(CANARY);
  });
});

interface Trouble {
  readonly begin: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
  /** What the agent counts or logs. */
  readonly sign: string;
}

const sync = (action: () => unknown) => async (): Promise<unknown> => Promise.resolve(action());

const secrets = () =>
  stores.infisical.fake.projects.folder(stores.infisical.project, 'dev', '/serving').secrets;
const folders = () => stores.infisical.project.environments.get('dev')?.folders;
const vaultPolicy = (path: string) => (): Promise<unknown> =>
  writePolicy(stores.bao.api, 'ml', { [path]: ['read'] });

const OF_INFISICAL: Readonly<Record<string, Trouble>> = {
  'is down': {
    begin: () => stores.infisical.fake.close(),
    end: () => stores.infisical.fake.open(),
    sign: '"code":"unreachable"',
  },
  'refuses the project': {
    begin: sync(() => stores.infisical.identity.projects.clear()),
    end: sync(() => stores.infisical.identity.projects.add(stores.infisical.project.id)),
    sign: 'the identity is not a member of the project',
  },
  'has lost the folder': {
    begin: sync(() => folders()?.delete('/serving')),
    end: () => furnishBoth(`${CANARY}-a`),
    sign: '"code":"not_found"',
  },
  'has lost every secret of the folder': {
    begin: sync(() => secrets().clear()),
    end: () => furnishBoth(`${CANARY}-a`),
    sign: 'Cannot write infisical:app-x1/dev/serving as json: there are no keys',
  },
};

const OF_VAULT: Readonly<Record<string, Trouble>> = {
  'is down': {
    begin: () => stores.bao.halt(),
    end: () => stores.bao.restart(),
    sign: '"code":"unreachable"',
  },
  'refuses the path': {
    begin: vaultPolicy('secret/data/other'),
    end: vaultPolicy('secret/data/ml/*'),
    sign: '"code":"forbidden"',
  },
  'has lost the secret': {
    begin: () => stores.bao.api('DELETE', 'secret/data/ml/serving'),
    end: () => writeVault({ TOKEN: `${CANARY}-a` }),
    sign: '"code":"not_found"',
  },
  'has a secret without keys': {
    begin: () => writeVault({}),
    end: () => writeVault({ TOKEN: `${CANARY}-a` }),
    sign: 'Cannot write vault:secret/data/ml/serving as json: there are no keys',
  },
};

/** The content of every file of one store. */
async function filesOf(pod: Pod, store: string): Promise<ReadonlyMap<string, string>> {
  const names = Object.keys(SOURCES).filter((name) => name.startsWith(store));
  const texts = names.map(async (name): Promise<[string, string]> => [name, await pod.read(name)]);
  return new Map(await Promise.all(texts));
}

describe.each([
  ['infisical', 'vault', OF_INFISICAL],
  ['vault', 'infisical', OF_VAULT],
] as const)('while %s', (store, other, troubles) => {
  test.each(Object.entries(troubles))(
    `%s, its files stay, those of ${other} rotate, and the agent is ready; then it goes on`,
    async (_, { begin, end, sign }) => {
      await furnishBoth(`${CANARY}-a`);
      await using pod = await readyPod();
      const before = await filesOf(pod, store);
      await begin();
      await eventually(sign, PATIENCE_MS, async () => expect(pod.output).toContain(sign));
      if (other === 'vault') await writeVault({ TOKEN: `${CANARY}-b` });
      else stores.write('/serving', 'TOKEN', `${CANARY}-b`);
      await shows(pod, `${other}.dotenv`, `TOKEN='${CANARY}-b'`);
      expect(await filesOf(pod, store)).toEqual(before);
      expect((await pod.get('/readyz')).status).toBe(200);
      await end();
      if (store === 'vault') await writeVault({ TOKEN: `${CANARY}-c` });
      else stores.write('/serving', 'TOKEN', `${CANARY}-c`);
      await shows(pod, `${store}.dotenv`, `TOKEN='${CANARY}-c'`);
      await shows(pod, `${store}-key`, `${CANARY}-c`);
      expect(pod.output).not.toContain(CANARY);
    },
  );
});

test('a deleted secret leaves the files of its folder, and the file of it alone as it was', async () => {
  await furnishBoth(`${CANARY}-a`);
  await using pod = await readyPod();
  secrets().delete('TOKEN');
  await eventually('a folder without it', PATIENCE_MS, async () =>
    expect(await pod.read('infisical.dotenv')).toBe('NOTE="it\'s\n#2"\n'),
  );
  await eventually('the failure', PATIENCE_MS, async () =>
    expect(await pod.metric('sidekey_agent_store_errors_total{reason="not_found"}')).toBeGreaterThan(0),
  );
  expect(await pod.read('infisical-key')).toBe(`${CANARY}-a`);
});

test('a key that a secret of Vault no longer has is told by the names of those it has', async () => {
  await furnishBoth(`${CANARY}-a`);
  await using pod = await readyPod();
  await writeVault({ NOTE: 'n', RENAMED: `${CANARY}-b` });
  const reason = 'Cannot write vault:secret/data/ml/serving#TOKEN as raw: there is no such key among 2';
  await eventually('the failure', PATIENCE_MS, async () => expect(pod.output).toContain(reason));
  await shows(pod, 'vault.dotenv', `RENAMED='${CANARY}-b'`);
  expect(await pod.read('vault-key')).toBe(`${CANARY}-a`);
});
