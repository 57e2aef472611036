import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { HttpReload } from '#contract/reload.ts';
import { NotifyError } from '../../../agent/notify/error.ts';
import { tellByHttp } from '../../../agent/notify/http.ts';
import { freePort } from '../../servers/port.ts';
import { serveRaw, switching } from '../provider/http/faulty-server.ts';
import { type LittleServer, startLittleServer } from './little-server.ts';

/** Those that this machine has. */
const LOOPBACKS = (networkInterfaces()['lo'] ?? [])
  .map(({ address }) => address)
  .filter((address) => address === '127.0.0.1' || address === '::1');

let server: LittleServer;

beforeAll(async () => {
  server = await startLittleServer();
});

afterEach(() => {
  server.behave(200);
  server.heard.length = 0;
});

afterAll(() => server[Symbol.asyncDispose]());

const call = (change: Partial<HttpReload> = {}): HttpReload => ({
  kind: 'http',
  method: 'POST',
  url: `${server.url}/reload?model=a`,
  headers: [],
  success: [{ from: 200, to: 299 }],
  ...change,
});

const tell = (change: Partial<HttpReload> = {}, signal = new AbortController().signal): Promise<void> =>
  tellByHttp(call(change), signal, () => Date.parse('2026-01-01T00:00:00Z'));

async function fault(change: Partial<HttpReload> = {}): Promise<NotifyError> {
  const error: unknown = await tell(change).catch((reason: unknown) => reason);
  if (!(error instanceof NotifyError)) throw new Error(`No fault: ${String(error)}`);
  return error;
}

/** A file of this content, as long as the test takes. */
function file(content: string | Buffer): string {
  const directory = mkdtempSync(join(tmpdir(), 'sidekey-notify-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'key'), content);
  return join(directory, 'key');
}

describe('a server of the pod', () => {
  test('is asked as it is written, and has heard it when it answers', async () => {
    await tell({ headers: [{ name: 'Content-Type', text: 'application/json' }], body: '{"a":"ü"}' });
    expect(server.heard).toMatchObject([
      {
        method: 'POST',
        path: '/reload?model=a',
        body: '{"a":"ü"}',
        headers: { 'content-type': 'application/json', 'content-length': '10' },
      },
    ]);
  });

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const)(
    'is asked by %s without a body',
    async (method) => {
      await tell({ method });
      expect(server.heard).toMatchObject([{ method, body: '' }]);
    },
  );

  test('is shown what a file holds now, without the white space around it', async () => {
    const path = file('  first-key\n');
    const headers = [{ name: 'Authorization', text: 'Bearer ', file: path }];
    await tell({ headers });
    writeFileSync(path, 'second-key');
    await tell({ headers });
    expect(server.heard.map(({ headers: seen }) => seen.authorization)).toEqual([
      'Bearer first-key',
      'Bearer second-key',
    ]);
  });

  test('has heard it only with one of the codes that mean so', async () => {
    server.behave(304);
    await tell({
      success: [
        { from: 300, to: 303 },
        { from: 304, to: 304 },
      ],
    });
    server.behave(200);
    expect((await fault({ success: [{ from: 204, to: 204 }] })).message).toMatch(/answered 200$/u);
  });

  test('is asked at localhost whatever the system takes that for', async () => {
    await tell({ url: server.url.replace('127.0.0.1', 'localhost') });
    expect(server.heard).toHaveLength(1);
  });

  test.each(LOOPBACKS)('is found where it listens alone: %s', async (host) => {
    await using own = await startLittleServer(undefined, 0, host);
    await tell({ url: own.url });
    await tell({ url: `http://localhost:${new URL(own.url).port}/` });
    expect(own.heard).toHaveLength(2);
  });

  test('may answer without end: its status counts', async () => {
    server.behave('for ever');
    await tell();
    expect(server.heard).toHaveLength(1);
  });
});

describe('a server that does not do as it is asked', () => {
  test.each([
    [500, /answered 500$/u],
    [404, /answered 404$/u],
    ['cut', /ECONNRESET/u],
    ['half', /ECONNRESET|aborted|closed/iu],
    ['no HTTP', /HPE_/u],
    ['endless headers', /HPE_HEADER_OVERFLOW/u],
    [429, /answered 429$/u],
    [{ redirect: 'http://example.com/' }, /answered 302, a redirect, which is not followed$/u],
  ] as const)('with %j is a fault that may pass, and is not quoted', async (behaviour, message) => {
    server.behave(behaviour);
    const { message: text, transient } = await fault();
    expect(text).toMatch(/^Cannot tell POST http:\/\/127\.0\.0\.1:\d+\/reload: /u);
    expect(text).toMatch(message);
    expect(text).not.toMatch(/canary|model=a|example/u);
    expect(transient).toBe(true);
  });

  test('is not followed to another page of its own either', async () => {
    server.behave({ redirect: `${server.url}/other` });
    await fault();
    expect(server.heard.map(({ path }) => path)).toEqual(['/reload?model=a']);
  });

  test.each([
    ['7', 7000],
    ['Thu, 01 Jan 2026 00:00:09 GMT', 9000],
    ['soon', undefined],
  ])('may ask to be left alone: %s', async (retryAfter, ms) => {
    server.behave({ retryAfter }, { retryAfter, status: 429 });
    expect((await fault()).retryAfterMs).toBe(ms);
    expect((await fault()).retryAfterMs).toBe(ms);
  });

  test('that is not there is a fault that may pass', async () => {
    expect((await fault({ url: `http://127.0.0.1:${await freePort()}/` })).message).toMatch(/ECONNREFUSED/u);
  });

  test('that switches to another protocol has not heard it, and is not waited for', async () => {
    await using other = await serveRaw((socket) => {
      socket.once('data', () => socket.write(switching('canary-answer')));
    });
    expect((await fault({ url: `${other.address}/` })).message).toMatch(/: the connection failed$/u);
  });

  test.each(['hang', 'drip'] as const)(
    'as %s is waited for as long as the caller says',
    async (behaviour) => {
      server.behave(behaviour);
      const abort = new AbortController();
      const telling = tell({}, abort.signal);
      await expect.poll(() => server.heard.length, { timeout: 20_000 }).toBe(1);
      abort.abort();
      await expect(telling).rejects.toThrow('ABORT_ERR');
    },
  );
});

describe('a header from a file', () => {
  test('that is not there is not sent, nor is the request', async () => {
    const { message } = await fault({ headers: [{ name: 'X-Key', text: '', file: '/nonexistent/key' }] });
    expect(message).toBe('Cannot fill the header X-Key: /nonexistent/key cannot be read (ENOENT)');
    expect(server.heard).toEqual([]);
  });

  test.each(['canary\r\nX-Admin: yes', 'canary\0', 'canary\u001b'])(
    'that holds %j is not sent, nor shown',
    async (content) => {
      const { message } = await fault({ headers: [{ name: 'X-Key', text: '', file: file(content) }] });
      expect(message).toMatch(/^Cannot fill the header X-Key: .* is not one line of text$/u);
      expect(message).not.toContain('canary');
      expect(server.heard).toEqual([]);
    },
  );

  test('is sent byte for byte', async () => {
    await tell({ headers: [{ name: 'X-Key', text: '', file: file('kéy') }] });
    expect(Buffer.from(String(server.heard[0]?.headers['x-key']), 'latin1').toString()).toBe('kéy');
  });
});
