import { describe, expect, it } from 'vitest';
import type { Reload } from '#contract/reload.ts';
import { parseAnnotations, type ReadAnnotations } from '../../../injector/annotations/parse.ts';
import { nativeAnnotations, SETTINGS } from '../admission/example.ts';

type Keys = Readonly<Record<string, string>>;

const read = (keys: Keys): ReadAnnotations => parseAnnotations(nativeAnnotations(keys), SETTINGS);

const reloadOf = ({ injection, problems }: ReadAnnotations): Reload | undefined => {
  expect(problems).toEqual([]);
  return injection.files[0]?.reload;
};

const problemKeys = ({ problems }: ReadAnnotations): readonly string[] =>
  problems.map(({ key }) => key.slice(key.indexOf('/') + 1));

const HTTP = { 'reload.api': 'http:POST http://127.0.0.1:8000/reload' };

describe('whom a file of our own tells of its changes', () => {
  it('is nobody unless it is said', () => {
    expect(reloadOf(read({}))).toBeUndefined();
    expect(reloadOf(read({ 'reload.api': 'none', 'reload.other': 'none' }))).toBeUndefined();
  });

  it.each([
    ['http:POST http://127.0.0.1:8000/reload', 'POST', 'http://127.0.0.1:8000/reload'],
    [' http:PUT   http://localhost/-/reload?a=b ', 'PUT', 'http://localhost/-/reload?a=b'],
    ['http:GET http://[::1]:1/', 'GET', 'http://[::1]:1/'],
    ['http:DELETE http://127.9.9.9', 'DELETE', 'http://127.9.9.9'],
  ])('is a server of the pod: %s', (text, method, url) => {
    expect(reloadOf(read({ 'reload.api': text }))).toEqual({
      kind: 'http',
      method,
      url,
      headers: [],
      success: [{ from: 200, to: 299 }],
      deadlineMs: 300_000,
    });
  });

  it.each([
    'http:POST https://127.0.0.1:8000/reload',
    'http:POST http://10.0.0.1/',
    'http:POST http://localhost.example/',
    'http:POST http://localhost@metadata.example/',
    'http:POST http://user:word@127.0.0.1/',
    'http:POST http://127.0.0.1.example/',
    'http:POST http://0.0.0.0/',
    'http:POST http://[::ffff:127.0.0.1]/',
    'http:POST http://[fe80::1]/',
    'http:POST http://127.0.0.1/#a',
    'http:POST http://127.0.0.1/ http://127.0.0.1/',
    'http:POST http://127.0.0.1/a\u001bb',
    'http:POST 127.0.0.1:8000',
    'http:post http://127.0.0.1/',
    'http:CONNECT http://127.0.0.1/',
    'http://127.0.0.1/reload',
    'signal:SIGKILL server',
    'signal:SIGTERM server',
    'signal:HUP server',
    'signal:SIGHUP',
    'signal:SIGHUP a\nb',
    'restart',
    '',
  ])('is nobody else: %s', (text) => {
    const { problems } = read({ 'reload.api': text });
    expect(problems.map(({ key }) => key)).toEqual(['sidekey.dev/reload.api']);
    expect(problems[0]?.message).toMatch(/^is ".*"; expected /su);
  });

  it('is the process of a whole command line, whatever spaces stand around it', () => {
    expect(reloadOf(read({ 'reload.api': 'signal:SIGUSR2  python3 -m  server ' }))).toEqual({
      kind: 'signal',
      signal: 'SIGUSR2',
      to: { commandLine: 'python3 -m  server' },
      deadlineMs: 300_000,
    });
  });

  it('has a body that says what it is, unless a header does', () => {
    const headers = (keys: Keys): unknown => reloadOf(read({ ...HTTP, ...keys }));
    const json = { name: 'Content-Type', text: 'application/json' };
    expect(headers({ 'reload-body.api': '{}' })).toMatchObject({ body: '{}', headers: [json] });
    expect(headers({ 'reload-body.api': 'a=b' })).toMatchObject({
      headers: [{ name: 'Content-Type', text: 'text/plain; charset=utf-8' }],
    });
    expect(headers({ 'reload-body.api': 'a=b', 'reload-header.api': 'content-TYPE: x/y' })).toMatchObject({
      headers: [{ name: 'content-TYPE', text: 'x/y' }],
    });
  });

  it('is shown what another file holds, wherever that stands', () => {
    const header = 'Authorization: Bearer file:admin\n\nX-Key: file:admin\nX-Text: profile:none\n';
    const keys = { ...HTTP, 'reload-header.api': header, 'secret.admin': 'vault:kv/a#b', path: '/keys' };
    const { injection, problems } = read(keys);
    expect(problems).toEqual([]);
    expect(injection.files.find(({ name }) => name === 'api')?.reload).toMatchObject({
      headers: [
        { name: 'Authorization', text: 'Bearer ', file: '/keys/admin' },
        { name: 'X-Key', text: '', file: '/keys/admin' },
        { name: 'X-Text', text: 'profile:none' },
      ],
    });
  });

  it.each([
    'Authorization: Bearer open',
    'cookie: a=b',
    'Host: example',
    'Content-Length: 3',
    'Transfer-Encoding: chunked',
    'X-Key: file:nothing',
    'X-Key',
    ': value',
    'X-Key:',
    'X Key: value',
    'X-Key: a\u0001',
    'X-Key: ключ',
    'X-Key: a\nx-key: b',
    '',
  ])('is shown no header like %j', (header) => {
    expect(problemKeys(read({ ...HTTP, 'reload-header.api': header }))).toEqual(['reload-header.api']);
  });

  it('says with its own codes that it has heard', () => {
    expect(reloadOf(read({ ...HTTP, 'reload-success.api': '200, 409,500-599' }))).toMatchObject({
      success: [
        { from: 200, to: 200 },
        { from: 409, to: 409 },
        { from: 500, to: 599 },
      ],
    });
    for (const text of ['', '2xx', '99', '600', '300-200', '200,,201', '-200'])
      expect(problemKeys(read({ ...HTTP, 'reload-success.api': text }))).toEqual(['reload-success.api']);
  });

  it('is given up after its own time', () => {
    expect(reloadOf(read({ ...HTTP, 'reload-deadline.api': '1h' }))?.deadlineMs).toBe(3_600_000);
    for (const text of ['', '4s', 'never', '1d'])
      expect(problemKeys(read({ ...HTTP, 'reload-deadline.api': text }))).toEqual(['reload-deadline.api']);
  });

  it.each(['reload-header', 'reload-body', 'reload-success', 'reload-deadline'])(
    'has %s only beside what it goes with',
    (detail) => {
      const text =
        { 'reload-header': 'X-A: b', 'reload-body': '{}', 'reload-success': '200' }[detail] ?? '5m';
      for (const more of [{}, { 'reload.api': 'none' }])
        expect(problemKeys(read({ ...more, [`${detail}.api`]: text }))).toEqual([`${detail}.api`]);
      expect(problemKeys(read({ ...HTTP, [`${detail}.other`]: text }))).toEqual([`${detail}.other`]);
      // What cannot be read is told alone.
      expect(problemKeys(read({ 'reload.api': 'restart', [`${detail}.api`]: text }))).toEqual(['reload.api']);
    },
  );

  it('is nobody where a file is rendered once', () => {
    const [problem, ...more] = read({ ...HTTP, mode: 'init' }).problems;
    expect([problem?.key, more]).toEqual(['sidekey.dev/reload.api', []]);
    expect(problem?.message).toContain('rendered once');
  });
});
