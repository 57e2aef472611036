import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectsSignal, listProcesses, matchProcesses } from '../../../agent/notify/processes.ts';
import { aDirectory } from './program.ts';

interface Shown {
  readonly parent?: number;
  readonly name?: string;
  readonly line?: string;
  readonly state?: string;
  readonly caught?: string;
  readonly blocked?: string;
}

/** What the kernel would show of these processes. */
function kernel(processes: Readonly<Record<number, Shown>>): string {
  const directory = aDirectory();
  mkdirSync(join(directory, 'self'));
  for (const [pid, shown] of Object.entries(processes)) {
    const {
      parent = 0,
      name = 'server',
      line = 'server\0',
      state = 'S',
      caught = '0',
      blocked = '0',
    } = shown;
    mkdirSync(join(directory, pid));
    const fields = [state, parent, ...Array.from({ length: 17 }, () => 0), 4711, 0, 0];
    writeFileSync(join(directory, pid, 'stat'), `${pid} (${name}) ${fields.join(' ')}\n`);
    writeFileSync(join(directory, pid, 'cmdline'), line);
    writeFileSync(
      join(directory, pid, 'status'),
      `Name:\t${name}\nSigBlk:\t${blocked.padStart(16, '0')}\nSigCgt:\t${caught.padStart(16, '0')}\n`,
    );
  }
  return directory;
}

const found = (
  processes: Readonly<Record<number, Shown>>,
  pattern: Parameters<typeof matchProcesses>[1],
): number[] => matchProcesses(listProcesses(kernel(processes)), pattern).map(({ pid }) => pid);

describe('the processes of a pod', () => {
  test('are shown with all their words, whatever their names are', () => {
    const [shown] = listProcesses(kernel({ 7: { parent: 3, name: ') S (x', line: 'a\0b c\0\0' } }));
    expect(shown).toEqual({ pid: 7, parent: 3, startedAt: '4711', name: ') S (x', words: ['a', 'b c'] });
  });

  test('do not include what is over', () => {
    expect(listProcesses(kernel({ 7: { state: 'Z' }, 8: { state: 'X' }, 9: {} }))).toHaveLength(1);
  });

  test('are found though one ends while they are looked at', () => {
    const directory = kernel({ 7: {} });
    mkdirSync(join(directory, '8'));
    expect(listProcesses(directory).map(({ pid }) => pid)).toEqual([7]);
  });
});

describe('a command line', () => {
  const commandLine = 'python3 -m server --port 8000';
  const line = commandLine
    .split(' ')
    .map((word) => `${word}\0`)
    .join('');

  test('means the process that has it, word for word', () => {
    const longer = `${line}--debug\0`;
    expect(found({ 7: { line }, 8: { line: longer }, 9: { line: 'python3\0' } }, { commandLine })).toEqual([
      7,
    ]);
  });

  test('means one that has written over it and left zeros or spaces', () => {
    expect(found({ 7: { line: `${commandLine}\0\0\0` }, 8: { line: 'x' } }, { commandLine })).toEqual([7]);
    expect(found({ 7: { line: `${commandLine}   ` } }, { commandLine })).toEqual([7]);
  });

  test('means an nginx that was started so, with its title or without', () => {
    const title = 'nginx: master process nginx -g daemon off;';
    const processes = {
      7: { line: `${title}\0` },
      8: { line: 'nginx: worker process\0\0\0', parent: 7 },
      9: { line: 'nginx: master process nginx -g daemon off; -t\0' },
    };
    expect(found(processes, { commandLine: 'nginx -g daemon off;' })).toEqual([7]);
    expect(found(processes, { commandLine: title })).toEqual([7]);
    expect(found(processes, { commandLine: 'nginx' })).toEqual([]);
  });

  test('of processes that come from one another means the first, be there one in between or not', () => {
    expect(found({ 7: { line }, 8: { line, parent: 7 }, 9: { line, parent: 8 } }, { commandLine })).toEqual([
      7,
    ]);
    expect(found({ 7: { line, parent: 1 }, 8: { line, parent: 1 } }, { commandLine })).toEqual([7, 8]);
  });
});

describe('a name', () => {
  test('is that of the kernel, as far as it goes, or that of the program', () => {
    const processes = {
      7: { name: 'nginx', line: 'nginx: master process nginx -g daemon off;' },
      8: { name: 'nginx', line: 'nginx: worker process', parent: 7 },
      9: { name: 'tritonserver-wi', line: '/opt/bin/other\0' },
      10: { name: 'MainThread', line: '/usr/bin/node\0server.js\0' },
    };
    expect(found(processes, { name: 'nginx' })).toEqual([7]);
    expect(found(processes, { name: 'tritonserver-with-a-long-name' })).toEqual([9]);
    expect(found(processes, { name: 'node' })).toEqual([10]);
    expect(found(processes, { name: 'ngin' })).toEqual([]);
    expect(found(processes, { name: 'server.js' })).toEqual([]);
  });
});

test.each([
  ['1', '0', true],
  ['0', '1', true],
  ['0', '0', false],
  ['fffffffe', '2', false],
  ['180000001', '0', true],
])('caught %s and blocked %s: the first signal is expected: %s', (caught, blocked, expected) => {
  expect(expectsSignal(7, 1, kernel({ 7: { caught, blocked } }))).toBe(expected);
});
