import { expect, test } from 'vitest';
import { createLog } from '#platform/log.ts';
import { textLog } from '../../agent/text-log.ts';

/** The lines of a log in text, their times left out. */
function linesOf(write: (log: ReturnType<typeof createLog>) => void): readonly string[] {
  const lines: string[] = [];
  write(
    createLog(
      'debug',
      'agent',
      textLog((text) => void lines.push(text)),
    ),
  );
  return lines.map((line) => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z /u, ''));
}

test('an event is one line, as Vault Agent writes it', () => {
  expect(linesOf((log) => log.info({ port: 9473, store: 'vault' }, 'Started'))).toEqual([
    '[INFO]  agent: Started: port=9473 store=vault\n',
  ]);
  expect(linesOf((log) => log.error('Giving up'))).toEqual(['[ERROR] agent: Giving up\n']);
});

test('no value makes a line or a field of its own, and what is censored stays so', () => {
  expect(linesOf((log) => log.warn({ reason: 'a\nb c=d', token: 'canary', list: ['x'] }, 'Odd'))).toEqual([
    '[WARN]  agent: Odd: reason="a\\nb c=d" token=[redacted] list=["x"]\n'.replace(
      '[redacted]',
      '"[redacted]"',
    ),
  ]);
});
