import { randomUUID } from 'node:crypto';
import { recordedWorld } from '../../servers/infisical/recorded-world.ts';

/** A server that the contract is tested on, and a folder of its own there. */
export interface Contract extends AsyncDisposable {
  readonly address: string;
  readonly client: { readonly id: string; readonly secret: string };
  /** `<project>/<environment>/<folder>`, as references name it. */
  readonly place: string;
  /** What the folder is called in values that refer to it, such as `dev.contract-1`. */
  readonly reference: string;
  write(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The server that the environment names, or the fake one: `INFISICAL_URL`, the client id and secret of an identity that
 * may write in a project (`INFISICAL_CLIENT_ID`, `INFISICAL_CLIENT_SECRET`), the project's id (`INFISICAL_PROJECT_ID`)
 * and an environment of it (`INFISICAL_ENVIRONMENT`, by default `dev`). The folder is removed in the end.
 */
export async function openContract(environment: Environment): Promise<Contract> {
  const address = environment['INFISICAL_URL'];
  if (address === undefined) {
    const { fake, project, identity } = await recordedWorld();
    const client = { id: identity.clientId, secret: identity.clientSecret };
    return await furnish({ address: fake.address, client, project: project.id, name: 'dev' }, () =>
      fake.close(),
    );
  }
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

interface Target {
  readonly address: string;
  readonly client: Contract['client'];
  readonly project: string;
  /** Of the environment. */
  readonly name: string;
}

async function furnish(target: Target, close: () => Promise<void>): Promise<Contract> {
  const { address, client, project, name } = target;
  const login = await request(address, undefined, 'POST /api/v1/auth/universal-auth/login', {
    clientId: client.id,
    clientSecret: client.secret,
  });
  const ask = (what: string, body: object) => request(address, String(login['accessToken']), what, body);
  const environment = { projectId: project, environment: name };
  const folder = `contract-${randomUUID()}`;
  const created = await ask('POST /api/v2/folders', { ...environment, name: folder, path: '/' });
  const { id } = created['folder'] as { id: string };
  const at = { ...environment, secretPath: `/${folder}` };
  const known = new Set<string>();
  return {
    address,
    client,
    place: `${project}/${name}/${folder}`,
    reference: `${name}.${folder}`,
    async write(key, secretValue) {
      await ask(`${known.has(key) ? 'PATCH' : 'POST'} /api/v4/secrets/${key}`, { ...at, secretValue });
      known.add(key);
    },
    async remove(key) {
      await ask(`DELETE /api/v4/secrets/${key}`, at);
      known.delete(key);
    },
    async [Symbol.asyncDispose]() {
      await ask(`DELETE /api/v2/folders/${id}`, { ...environment, path: '/' });
      await close();
    },
  };
}

/** Asks as an administrator does, apart from what is tested; `what` is a method and a path. */
async function request(
  address: string,
  token: string | undefined,
  what: string,
  body: object,
): Promise<Record<string, unknown>> {
  const [method = '', path = ''] = what.split(' ');
  const answer = await fetch(address + path, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`Cannot ${what}: ${answer.status}`);
  return (await answer.json()) as Record<string, unknown>;
}
