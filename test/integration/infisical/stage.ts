import { randomUUID } from 'node:crypto';
import { InfisicalSDK } from '@infisical/sdk';
import { recordedWorld } from '../../servers/infisical/recorded-world.ts';

/** A server that the contract is tested on, and a folder of its own there. All is written by Infisical's own SDK. */
export interface Contract extends AsyncDisposable {
  readonly address: string;
  readonly client: { readonly id: string; readonly secret: string };
  /** `<project>/<environment>/<folder>`, as references name it. */
  readonly place: string;
  /** What the folder is called in values that refer to it, such as `dev.contract-1`. */
  readonly reference: string;
  /** Creates a secret, or gives it another value. */
  write(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
  /** What the SDK reads there, by name; imports are left out, for it merges them in another order. */
  read(expand?: boolean): Promise<Record<string, string>>;
  /** What the SDK reads of one secret. */
  readOne(key: string): Promise<string>;
  /** A folder beside this one, with secrets of its own. */
  beside(name: string, secrets: Readonly<Record<string, string>>): Promise<string>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A dynamic secret: `<project slug>/<environment>/<folders>#<name>`. */
const DYNAMIC_VARIABLE = 'INFISICAL_DYNAMIC_SECRET';
const DYNAMIC_OF_FAKE = 'app-x1/dev#pg';

/** The dynamic secrets that leases can be made of: one on the fake server, on a real one the one that is named, if any. */
export function dynamicSecrets(environment: Environment): string[] {
  const named = environment['INFISICAL_URL'] === undefined ? DYNAMIC_OF_FAKE : environment[DYNAMIC_VARIABLE];
  return named === undefined ? [] : [named];
}

/**
 * The server that the environment names, or the fake one: `INFISICAL_URL`, the client id and secret of an identity that
 * may write in a project (`INFISICAL_CLIENT_ID`, `INFISICAL_CLIENT_SECRET`), the project's id (`INFISICAL_PROJECT_ID`)
 * and an environment of it (`INFISICAL_ENVIRONMENT`, by default `dev`). What was created is removed in the end.
 */
export async function openContract(environment: Environment): Promise<Contract> {
  const address = environment['INFISICAL_URL'];
  if (address === undefined) return await openFake();
  const given = (name: string): string => {
    const value = environment[name];
    if (!value) throw new Error(`INFISICAL_URL is set: ${name} has to be, too`);
    return value;
  };
  const client = { id: given('INFISICAL_CLIENT_ID'), secret: given('INFISICAL_CLIENT_SECRET') };
  const project = given('INFISICAL_PROJECT_ID');
  const name = environment['INFISICAL_ENVIRONMENT'] ?? 'dev';
  return await furnish({ address: address.replace(/\/+$/u, ''), client, project, name }, () =>
    Promise.resolve(),
  );
}

async function openFake(): Promise<Contract> {
  const { fake, project, identity } = await recordedWorld({}, { licensed: true });
  fake.leases.define(fake.projects.folder(project, 'dev', '/'), { name: 'pg' });
  const client = { id: identity.clientId, secret: identity.clientSecret };
  return await furnish({ address: fake.address, client, project: project.id, name: 'dev' }, () =>
    fake.close(),
  );
}

interface Target {
  readonly address: string;
  readonly client: Contract['client'];
  readonly project: string;
  /** Of the environment. */
  readonly name: string;
}

async function furnish(target: Target, close: () => Promise<void>): Promise<Contract> {
  const { address, client, project: projectId, name: environment } = target;
  const sdk = new InfisicalSDK({ siteUrl: address });
  await sdk.auth().universalAuth.login({ clientId: client.id, clientSecret: client.secret });
  const at = { projectId, environment };
  const created: string[] = [];
  const known = new Set<string>();
  const createFolder = async (name: string): Promise<string> => {
    created.push((await sdk.folders().create({ ...at, name, path: '/' })).id);
    return `/${name}`;
  };
  const unique = `contract-${randomUUID()}`;
  const here = { ...at, secretPath: await createFolder(unique) };
  return {
    address,
    client,
    place: `${projectId}/${environment}/${unique}`,
    reference: `${environment}.${unique}`,
    async write(key, secretValue) {
      const secrets = sdk.secrets();
      await (known.has(key) ? secrets.updateSecret : secrets.createSecret)(key, { ...here, secretValue });
      known.add(key);
    },
    async remove(key) {
      await sdk.secrets().deleteSecret(key, here);
      known.delete(key);
    },
    async read(expandSecretReferences = true) {
      const { secrets } = await sdk.secrets().listSecrets({ ...here, expandSecretReferences });
      return Object.fromEntries(secrets.map(({ secretKey, secretValue }) => [secretKey, secretValue]));
    },
    readOne: async (secretName) => (await sdk.secrets().getSecret({ ...here, secretName })).secretValue,
    async beside(name, secrets) {
      const secretPath = await createFolder(`${unique}-${name}`);
      for (const [key, secretValue] of Object.entries(secrets))
        await sdk.secrets().createSecret(key, { ...at, secretPath, secretValue });
      return `${projectId}/${environment}${secretPath}`;
    },
    async [Symbol.asyncDispose]() {
      const token = sdk.auth().getAccessToken() ?? '';
      for (const id of created.toReversed()) await removeFolder(target, token, id);
      await close();
    },
  };
}

/** The SDK creates folders, but deletes none. */
async function removeFolder({ address, project, name }: Target, token: string, id: string): Promise<void> {
  const answer = await fetch(`${address}/api/v2/folders/${id}`, {
    method: 'DELETE',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ projectId: project, environment: name, path: '/' }),
  });
  if (!answer.ok) throw new Error(`Cannot remove the folder ${id}: ${answer.status}`);
}
