import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Identity } from '../servers/infisical/identities.ts';
import { recordedWorld, type RecordedWorld } from '../servers/infisical/recorded-world.ts';

/** One step of the protocol: what was done, and what the server answered to a listing with the tag known then. */
interface Step {
  readonly step: string;
  readonly status: number;
  /** Whether the tag was the one that was sent. */
  readonly same?: boolean;
}

const STEPS = JSON.parse(
  readFileSync(new URL('./infisical/91-etag-semantics.json', import.meta.url), 'utf8'),
) as readonly Step[];

/** Asks as somebody who remembers the tag of each path. */
class Reader {
  readonly #world: RecordedWorld;
  readonly #tags = new Map<string, string>();
  #token = '';

  constructor(world: RecordedWorld) {
    this.#world = world;
  }

  async login({ clientId, clientSecret }: Identity): Promise<void> {
    const answer = await fetch(`${this.#world.fake.address}/api/v1/auth/universal-auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ clientId, clientSecret }),
    });
    this.#token = ((await answer.json()) as { accessToken: string }).accessToken;
  }

  async ask(path: string): Promise<Omit<Step, 'step'>> {
    const { fake, project } = this.#world;
    const known = this.#tags.get(path);
    const query = `projectId=${project.id}&environment=dev`;
    const [folder = '/', name] = path.split('#');
    const route = name === undefined ? '/api/v4/secrets' : `/api/v4/secrets/${name}`;
    const answer = await fetch(`${fake.address}${route}?${query}&secretPath=${encodeURIComponent(folder)}`, {
      headers: { authorization: `Bearer ${this.#token}`, ...(known && { 'if-none-match': known }) },
    });
    const tag = answer.headers.get('etag') ?? '';
    this.#tags.set(path, tag);
    return { status: answer.status, same: tag === known };
  }
}

type Take = (reader: Reader, world: RecordedWorld) => Promise<Omit<Step, 'step'>>;

function write({ fake, project }: RecordedWorld, [environment, path, key]: readonly string[], value: string) {
  const folder = fake.projects.folder(project, environment ?? '', path ?? '');
  fake.projects.put(folder, key ?? '', value);
}

const root: Take = (reader) => reader.ask('/');

/** How each step is taken here. One that is not known fails. */
const TAKEN: Readonly<Record<string, Take>> = {
  'list /': root,
  'after imported secret changed (in /shared), list / with old etag': (reader, world) => {
    write(world, ['dev', '/shared', 'SHARED_TOKEN'], 'shared-2');
    return reader.ask('/');
  },
  'list /backend (DSN references DB_PASSWORD)': (reader) => reader.ask('/backend'),
  'after referenced secret changed, list /backend with old etag': (reader, world) => {
    write(world, ['dev', '/backend/db', 'DB_PASSWORD'], 'hunter3');
    return reader.ask('/backend');
  },
  'after unrelated prod change, list dev / with old etag': (reader, world) => {
    write(world, ['prod', '/', 'OTHER'], '1');
    return reader.ask('/');
  },
  again: root,
  'same etag, different token of same identity': async (reader, { identity }) => {
    await reader.login(identity);
    return await reader.ask('/');
  },
  'same etag, admin identity (first request)': async (reader, { fake, project }) => {
    await reader.login(fake.addIdentity({ projects: new Set([project.id]) }));
    return await reader.ask('/');
  },
  'after a no-op update (same value)': (reader, world) => {
    write(world, ['dev', '/', 'API_KEY'], 'abc123');
    return reader.ask('/');
  },
  'get-by-name with If-None-Match (fastify-etag)': async (reader) => {
    await reader.ask('/#API_KEY');
    return await reader.ask('/#API_KEY');
  },
  '304 latency': root,
};

test('the fake server’s entity tags mean what those of the real one did, step by step', async () => {
  await using world = await recordedWorld();
  const reader = new Reader(world);
  await reader.login(world.identity);
  for (const { step, status, same } of STEPS) {
    const take = TAKEN[step];
    if (!take) throw new Error(`Nobody has said how to take the step "${step}"`);
    expect({ step, ...(await take(reader, world)) }).toMatchObject({
      step,
      status,
      ...(same === undefined ? {} : { same }),
    });
  }
});
