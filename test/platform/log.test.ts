import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createLog, isLogLevel, type Log, LOG_LEVELS } from '../../platform/log.ts';

/** What a log of level `info` writes, as text. */
function written(use: (log: Log) => void): string {
  let text = '';
  use(createLog('info', 'agent', { write: (line) => (text += line) }));
  return text;
}

const entry = (use: (log: Log) => void): unknown => JSON.parse(written(use));

describe('a log line', () => {
  test('is one JSON object with level, time, component, message and fields', () => {
    const text = written((log) => log.info({ path: 'secret/data/app' }, 'Read'));
    expect(text.endsWith('}\n')).toBe(true);
    expect(JSON.parse(text)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u) as string,
      component: 'agent',
      path: 'secret/data/app',
      msg: 'Read',
    });
  });

  test.each([
    '2026-11-26T10:00:00.007Z',
    '2026-11-26T10:00:00.999Z',
    '2026-11-26T10:00:01.000Z',
    '2026-11-26T10:00:00.050Z',
    '1969-12-31T23:59:59.999Z',
  ])('says when it was written: %s', (time) => {
    vi.useFakeTimers({ now: new Date(time) });
    onTestFinished(() => void vi.useRealTimers());
    expect(entry((log) => log.info('Now'))).toMatchObject({ time });
  });

  test('is written from the level on that was asked for', () => {
    expect(written((log) => log.debug('Hidden'))).toBe('');
    expect(written((log) => log.warn('Shown'))).toContain('Shown');
  });

  test('stays one line whatever the fields hold', () => {
    expect(
      written((log) => log.info({ reason: 'a\nb\u2028"}' }, 'Failed'))
        .trimEnd()
        .split('\n'),
    ).toHaveLength(1);
  });
});

describe('what must not be seen is redacted', () => {
  const NAMES = [
    'token',
    'Token',
    'jwt',
    'password',
    'secret',
    'secret_id',
    'client_token',
    'authorization',
    'Authorization',
    'X-Vault-Token',
    'cookie',
    'value',
    'data',
    'body',
  ];

  test.each(NAMES)('in a field called %s', (name) => {
    expect(entry((log) => log.info({ [name]: 'canary', other: 1 }, 'x'))).toMatchObject({
      [name]: '[redacted]',
      other: 1,
    });
  });

  test.each(NAMES)('in a field called %s, however deep it stands', (name) => {
    const fields = { a: { b: [{ c: { [name]: { d: 'canary' } } }] } };
    expect(written((log) => log.info(fields, 'x'))).not.toContain('canary');
  });

  test('in what a client hangs on an error or its causes', () => {
    const cause = Object.assign(new Error('Refused'), {
      request: { headers: { 'x-vault-token': 'canary' } },
    });
    const error = Object.assign(new Error('Cannot read', { cause }), {
      code: 'ECONNREFUSED',
      response: { text: 'canary' },
      token: 'canary',
    });
    for (const text of [
      written((log) => log.error(error, 'Failed')),
      written((log) => log.error({ err: error }, 'Failed')),
      written((log) => log.error({ deep: { reason: error } }, 'Failed')),
    ]) {
      expect(text).not.toContain('canary');
      expect(text).toContain('Cannot read');
      expect(text).toContain('ECONNREFUSED');
      expect(text).toContain('Refused');
    }
  });

  test('in bytes', () => {
    const bytes = Buffer.from('canary');
    const text = written((log) => log.info({ bytes, view: new Uint8Array(bytes) }, 'x'));
    expect(JSON.parse(text)).toMatchObject({ bytes: '[redacted]', view: '[redacted]' });
  });
});

test('fields that hold each other end somewhere', () => {
  const loop: Record<string, unknown> = { name: 'loop' };
  loop['self'] = loop;
  expect(written((log) => log.info({ loop }, 'x'))).toContain('[too deep]');
});

test('what says itself how it is shown is asked', () => {
  expect(entry((log) => log.info({ at: new Date(0), own: { toJSON: () => 'own' } }, 'x'))).toMatchObject({
    at: '1970-01-01T00:00:00.000Z',
    own: 'own',
  });
});

test('the levels are told from other words', () => {
  expect(LOG_LEVELS.every(isLogLevel)).toBe(true);
  expect(['', 'INFO', 'warning', 'toString'].some(isLogLevel)).toBe(false);
});
