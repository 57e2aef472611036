import { describe, expect, test } from 'vitest';
import type { FileSpec } from '#contract/agent-config.ts';
import type { HttpReload, Reload } from '#contract/reload.ts';
import { NotifyError } from '../../../agent/notify/error.ts';
import { createNotify } from '../../../agent/notify/notify.ts';
import { standingMarks, targetOf, watchOf } from '../../../agent/notify/target.ts';
import { Secret } from '../../../agent/secret.ts';
import { SteeredClock } from '../steered-clock.ts';

const reload = (change: Partial<HttpReload> & { readonly deadlineMs?: number } = {}): Reload => ({
  kind: 'http',
  method: 'POST',
  url: 'http://127.0.0.1:8000/reload?model=a',
  headers: [],
  success: [{ from: 200, to: 299 }],
  deadlineMs: 1000,
  ...change,
});

const file = (name: string, told?: Reload): FileSpec => ({
  name,
  volume: '/secrets',
  path: name,
  mode: 0o644,
  template: { text: '', left: '', right: '' },
  ...(told && { reload: told }),
});

describe('a target', () => {
  test('is the same for files that are told of in the same way, however long that is tried', () => {
    expect(targetOf(reload({ deadlineMs: 1 }))).toBe(targetOf(reload({ deadlineMs: 2 })));
  });

  test('is another if anything is done in another way', () => {
    const changes: Partial<HttpReload>[] = [
      {},
      { method: 'PUT' },
      { url: 'http://127.0.0.1:8000/reload?model=b' },
      { body: '{}' },
      { headers: [{ name: 'a', text: 'b' }] },
      { success: [] },
    ];
    expect(new Set(changes.map((change) => targetOf(reload(change)))).size).toBe(changes.length);
  });

  test.each<[Reload, RegExp]>([
    [reload(), /^POST http:\/\/127\.0\.0\.1:8000\/reload \([\da-f]{8}\)$/u],
    [
      { kind: 'signal', signal: 'SIGHUP', to: { commandLine: 'a b' }, deadlineMs: 1 },
      /^SIGHUP to "a b" \([\da-f]{8}\)$/u,
    ],
    [
      { kind: 'signal', signal: 'SIGHUP', to: { name: 'a' }, deadlineMs: 1 },
      /^SIGHUP to "a" \([\da-f]{8}\)$/u,
    ],
    [{ kind: 'command', words: ['/a', 'canary'], deadlineMs: 1 }, /^command \/a \([\da-f]{8}\)$/u],
  ])('is called so that people know it: %#', (told, name) => {
    expect(targetOf(told)).toMatch(name);
  });

  test('that no file names is not told', async () => {
    const notify = createNotify([file('a', reload())], new SteeredClock());
    await expect(notify('another', new AbortController().signal)).rejects.toThrow(NotifyError);
  });
});

describe('what a file holds', () => {
  test('is told apart from anything else, and not shown', () => {
    const mark = (text: string): string => watchOf(reload(), new Secret(text)).watch?.mark ?? '';
    expect(mark('canary')).toBe(mark('canary'));
    expect(mark('canary')).not.toBe(mark('canary\n'));
    expect(mark('canary')).not.toContain('canary');
  });

  test('is nobody’s business where nobody is told', () => {
    expect(watchOf(undefined, new Secret('a'))).toEqual({});
  });

  test('is known before it was rendered by this process, if it stands there and somebody is told', () => {
    const contents = new Map([
      ['told', new Secret('a')],
      ['untold', new Secret('a')],
    ]);
    const marks = standingMarks([file('told', reload()), file('untold'), file('new', reload())], contents);
    expect([...marks]).toEqual([['told', watchOf(reload(), new Secret('a')).watch?.mark]]);
  });
});
