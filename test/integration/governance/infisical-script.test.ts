import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { infisicalObjects } from '../../../governance/tenant/render.ts';
import { declared, render, type Rendered } from './rendered.ts';

const TOKEN = 'st.an-access-token_of.an~administrator';
const SECRET = 'the-token-of-the-reviewer';
const ROLE_ID = '11111111-2222-4333-8444-555555555555';

const tenancy = declared('everything');
const [role, membership, login] = tenancy.tenants.flatMap((tenant) => infisicalObjects(tenancy, tenant));
const ROLES = String(role?.path.replace(/\/slug\/.*/u, ''));

let server: Server;
let rendered: Rendered;
let environment: Readonly<Record<string, string>>;

/** Bodies by the path at which they are read. */
const held = new Map<string, unknown>();
const asked: string[] = [];
/** Command lines that were seen while a request was answered. */
const commands: string[] = [];

type Answer = readonly [status: number, body: unknown];

/** As much of Infisical's administration as the script asks for, in the words of its documentation: it has not been recorded. */
async function answer(request: IncomingMessage): Promise<Answer> {
  const { method = '', url = '', headers } = request;
  asked.push(`${method} ${url}`);
  commands.push(...commandLines());
  const body = await text(request);
  if (headers.authorization !== `Bearer ${TOKEN}`) return [403, { message: SECRET }];
  if (method === 'GET') return reading(url);
  const place = url === ROLES || url === `${ROLES}/${ROLE_ID}` ? String(role?.path) : url;
  if (held.has(place) !== (method === 'PATCH')) return [400, { message: 'there already, or not yet' }];
  held.set(place, JSON.parse(body));
  return reading(place);
}

function reading(place: string): Answer {
  const value = held.get(place) as object | undefined;
  if (value === undefined) return [place === login?.path ? 400 : 404, { message: 'not there' }];
  if (place === role?.path) return [200, { role: { id: ROLE_ID, ...value } }];
  return [200, { identityKubernetesAuth: { id: 'another', tokenReviewerJwt: SECRET, ...value } }];
}

function commandLines(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((id) => {
      try {
        return [readFileSync(`/proc/${id}/cmdline`, 'utf8')];
      } catch {
        return [];
      }
    });
}

beforeAll(async () => {
  server = createServer((request, response) => {
    void answer(request).then(([status, body]) => response.writeHead(status).end(JSON.stringify(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  environment = { INFISICAL_ADDRESS: `http://127.0.0.1:${port}`, INFISICAL_TOKEN: TOKEN };
  rendered = await render(tenancy);
});

afterAll(async () => {
  server.close();
  await rendered[Symbol.asyncDispose]();
});

beforeEach(() => {
  asked.length = 0;
  commands.length = 0;
});

it('what is not there is made, the login last', async () => {
  await rendered.run('infisical/apply.sh', environment);
  expect(asked.filter((one) => one.startsWith('POST'))).toEqual([
    `POST ${ROLES}`,
    `POST ${membership?.path}`,
    `POST ${login?.path}`,
  ]);
  for (const { path, body } of [role, membership, login].filter((one) => one !== undefined))
    expect(held.get(path)).toEqual(body);
});

it('what is there is changed to the same, as often as it is run', async () => {
  const before = new Map(held);
  await rendered.run('infisical/apply.sh', environment);
  expect(asked.filter((one) => !one.startsWith('GET'))).toEqual([
    `PATCH ${ROLES}/${ROLE_ID}`,
    `PATCH ${membership?.path}`,
    `PATCH ${login?.path}`,
  ]);
  expect(held).toEqual(before);
});

it('neither the token nor what an answer holds is shown to anybody', async () => {
  const said = await rendered.run('infisical/apply.sh', environment);
  expect(commands.some((line) => line.includes('curl'))).toBe(true);
  expect(commands.filter((line) => line.includes(TOKEN))).toEqual([]);
  expect(said).not.toContain(SECRET);
  expect(said).not.toContain(TOKEN);
});

it('a token that may not do so ends it, with what could not be done', async () => {
  const foreign = rendered.run('infisical/apply.sh', { ...environment, INFISICAL_TOKEN: 'foreign' });
  await expect(foreign).rejects.toThrow(/Cannot GET .*roles\/slug\/sidekey-vision: HTTP 403/u);
  await expect(foreign).rejects.not.toThrow(SECRET);
  expect(asked).toHaveLength(1);
});

it('a token that is none is sent nowhere', async () => {
  const odd = { ...environment, INFISICAL_TOKEN: 'a"\nurl = "http://elsewhere' };
  await expect(rendered.run('infisical/apply.sh', odd)).rejects.toThrow(/no token/u);
  expect(asked).toEqual([]);
});

it('a server that is not there ends it', async () => {
  const nowhere = { ...environment, INFISICAL_ADDRESS: 'http://127.0.0.1:1' };
  await expect(rendered.run('infisical/apply.sh', nowhere)).rejects.toThrow(/curl: \(7\)/u);
});
