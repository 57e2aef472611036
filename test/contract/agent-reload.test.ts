import { describe, expect, test } from 'vitest';
import { readConfig, parseConfig, serialiseConfig, type AgentConfig } from '#contract/agent-config.ts';
import { isHeaderName, isHeaderValue, isLoopbackUrl, type Reload } from '#contract/reload.ts';

const AUTH = { role: 'ml', tokenFile: '/token' };

const withReload = (reload: unknown): unknown => ({
  version: 1,
  vault: { address: 'https://vault.example', auth: AUTH },
  files: [{ name: 'api', volume: '/secrets', path: 'api', template: { text: 'x' }, reload }],
});

function accepted(reload: unknown): { config: AgentConfig; reload: Reload | undefined; warnings: string[] } {
  const read = readConfig(withReload(reload));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { config, warnings } = read.value;
  return { config, reload: config.files[0]?.reload, warnings: warnings.map(({ key }) => key) };
}

function problems(reload: unknown): string[] {
  const read = readConfig(withReload(reload));
  return read.ok ? [] : read.problems.map(({ key }) => key.replace('config.files[0].reload', ''));
}

const HTTP = { kind: 'http', url: 'http://127.0.0.1:8000/reload' };

describe('whom a file tells of its changes', () => {
  test('is nobody in what older injectors write', () => {
    for (const nobody of [undefined, null]) expect(accepted(nobody).reload).toBeUndefined();
  });

  test.each<[string, unknown, Reload]>([
    [
      'a server, with what is usual',
      HTTP,
      {
        kind: 'http',
        method: 'POST',
        url: HTTP.url,
        headers: [],
        success: [{ from: 200, to: 299 }],
        deadlineMs: 300_000,
      },
    ],
    [
      'a server, with everything',
      {
        ...HTTP,
        method: 'PUT',
        headers: [{ name: 'X-A', text: 'b ', file: '/run/a' }, { name: 'X-B' }],
        body: '',
        success: [{ from: 204 }, { from: 300, to: 304 }],
        deadlineMs: 7,
      },
      {
        kind: 'http',
        method: 'PUT',
        url: HTTP.url,
        headers: [
          { name: 'X-A', text: 'b ', file: '/run/a' },
          { name: 'X-B', text: '' },
        ],
        body: '',
        success: [
          { from: 204, to: 204 },
          { from: 300, to: 304 },
        ],
        deadlineMs: 7,
      },
    ],
    [
      'a process',
      { kind: 'signal', signal: 'SIGUSR1', to: { commandLine: 'a b' } },
      { kind: 'signal', signal: 'SIGUSR1', to: { commandLine: 'a b' }, deadlineMs: 300_000 },
    ],
    [
      'a process by its name',
      { kind: 'signal', to: { name: 'a' } },
      { kind: 'signal', signal: 'SIGHUP', to: { name: 'a' }, deadlineMs: 300_000 },
    ],
    [
      'a command',
      { kind: 'command', words: ['a', ''] },
      { kind: 'command', words: ['a', ''], deadlineMs: 300_000 },
    ],
  ])('is read, and written as it was read: %s', (_, given, expected) => {
    const { config, reload, warnings } = accepted(given);
    expect(reload).toEqual(expected);
    expect(warnings).toEqual([]);
    expect(parseConfig(serialiseConfig(config))).toEqual({ ok: true, value: { config, warnings: [] } });
  });

  test('may say more than this release knows', () => {
    expect(accepted({ ...HTTP, later: 1 }).warnings).toEqual(['config.files[0].reload.later']);
  });

  test.each<[string, unknown, string[]]>([
    ['nothing but a text', 'http', ['']],
    ['an unknown kind', { ...HTTP, kind: 'grpc' }, ['.kind']],
    ['another host', { ...HTTP, url: 'http://example.com/' }, ['.url']],
    ['an odd method', { ...HTTP, method: 'BREW' }, ['.method']],
    [
      'a header that is none',
      { ...HTTP, headers: [{ name: 'a b', text: 'c\n' }] },
      ['.headers[0].name', '.headers[0].text'],
    ],
    ['a relative file', { ...HTTP, headers: [{ name: 'a', file: 'b' }] }, ['.headers[0].file']],
    [
      'a code that is none',
      { ...HTTP, success: [{ from: 99 }, { from: 300, to: 200 }] },
      ['.success[0].from', '.success[1].to'],
    ],
    ['a body that is none', { ...HTTP, body: 1 }, ['.body']],
    ['a signal that ends', { kind: 'signal', signal: 'SIGKILL', to: { name: 'a' } }, ['.signal']],
    ['no process', { kind: 'signal', to: {} }, ['.to.commandLine']],
    ['no words', { kind: 'command', words: [] }, ['.words']],
    ['odd words', { kind: 'command', words: ['a', 1] }, ['.words']],
    ['a word that ends early', { kind: 'command', words: ['a\0b'] }, ['.words']],
    ['no time', { ...HTTP, deadlineMs: -1 }, ['.deadlineMs']],
  ])('is refused: %s', (_, given, keys) => {
    expect(problems(given)).toEqual(keys);
  });
});

test('only a URL of the pod itself is one', () => {
  const ours = [
    'http://127.0.0.1',
    'http://127.0.0.1:8000/a?b',
    'http://localhost/',
    'http://[::1]/',
    'http://127.1/',
  ];
  expect(ours.filter((url) => !isLoopbackUrl(url))).toEqual([]);
  const others = [
    'https://127.0.0.1/',
    'HTTP://127.0.0.1/',
    'http:/127.0.0.1/',
    'http:127.0.0.1',
    'http://128.0.0.1/',
    'http://127.0.0.1.nip.io/',
    'http://127.0.0.1@example.com/',
    'http://a@127.0.0.1/',
    'http://localhost./',
    'http://localhost:99999/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://127.0.0.1/ x',
    'http://127.0.0.1/\n',
    'http://127.0.0.1/#x',
    ' http://127.0.0.1/',
    'http://',
  ];
  expect(others.filter(isLoopbackUrl)).toEqual([]);
});

test('what may be a header', () => {
  expect(['X-Key', 'a_b', '!'].filter((name) => !isHeaderName(name))).toEqual([]);
  expect(['', 'a b', 'a:', 'ä', 'a\n'].filter(isHeaderName)).toEqual([]);
  expect(['', 'a b\t', '\u00e4'].filter((text) => !isHeaderValue(text))).toEqual([]);
  expect(['a\r', 'a\n', '\0', '\u0416'].filter(isHeaderValue)).toEqual([]);
});
