import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../../agent/secret.ts';
import type { SavedState } from '../../../agent/state/saved.ts';
import { loadState, removeState, saveState } from '../../../agent/state/store.ts';
import { aDirectory, body, loaded, revealed, STATE } from './saved-state.ts';

function thrownBy(act: () => void): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('a saved state', () => {
  test('is found again, to the last digit', async () => {
    const directory = aDirectory();
    saveState(directory, STATE);
    expect(await loaded(directory)).toEqual(revealed(STATE));
    expect(JSON.stringify(await loaded(directory))).toContain('12345678901234567890');
  });

  test('without a session or any secret is found again', async () => {
    const directory = aDirectory();
    const nothing = {
      current: [],
      former: [],
      secrets: [],
      superseded: [],
      remnants: [],
      files: [],
      notices: [],
    };
    saveState(directory, { ...STATE, ...nothing });
    expect(await loaded(directory)).toEqual({ ...STATE, ...nothing });
  });

  test.each(['remnants', 'superseded', 'notices'] as const)(
    'of a release that knew no %s is found again',
    async (list) => {
      const directory = aDirectory();
      const path = join(directory, 'state.json');
      saveState(directory, { ...STATE, [list]: [] });
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, text.replace(new RegExp(`,?"${list}":\\[\\]`, 'u'), ''));
      expect(readFileSync(path, 'utf8')).not.toContain(list);
      expect(await loaded(directory)).toEqual(revealed({ ...STATE, [list]: [] }));
    },
  );

  test('stands alone in its directory, readable by its owner only, whatever the umask', async () => {
    const directory = aDirectory();
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    saveState(directory, STATE);
    expect(readdirSync(directory)).toEqual(['state.json']);
    expect(lstatSync(join(directory, 'state.json')).mode & 0o777).toBe(0o600);
  });

  test('is replaced as a whole: who has the old one open goes on reading it', async () => {
    const directory = aDirectory();
    saveState(directory, STATE);
    const before = lstatSync(join(directory, 'state.json')).ino;
    saveState(directory, { ...STATE, fingerprint: 'new' });
    expect(lstatSync(join(directory, 'state.json')).ino).not.toBe(before);
    expect(await loaded(directory)).toMatchObject({ fingerprint: 'new' });
  });

  test('is saved over what a killed process left', async () => {
    const directory = aDirectory();
    writeFileSync(join(directory, 'state.json.tmp'), '{"half', { mode: 0o644 });
    saveState(directory, STATE);
    expect(readdirSync(directory)).toEqual(['state.json']);
    expect(lstatSync(join(directory, 'state.json')).mode & 0o777).toBe(0o600);
  });

  test('is gone once it is removed, which may be done twice', async () => {
    const directory = aDirectory();
    saveState(directory, STATE);
    writeFileSync(join(directory, 'state.json.tmp'), '{"half');
    removeState(directory);
    removeState(directory);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('of any values round-trips', async () => {
    const directory = aDirectory();
    await fc.assert(
      fc.asyncProperty(
        fc.json(),
        fc.string(),
        fc.maxSafeInteger(),
        fc.stringMatching(/^[!-~]+$/u),
        async (json, text, number, word) => {
          const state: SavedState = {
            ...STATE,
            fingerprint: `f${text}`,
            current: STATE.current.map((session) => ({ ...session, token: new Secret(word) })),
            files: [{ name: 'api', changedAt: number }],
            secrets: STATE.secrets.map((secret) => ({ ...secret, value: body(`{"data":${json}}`) })),
          };
          saveState(directory, state);
          expect(await loaded(directory)).toEqual(revealed(state));
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('nothing is resumed from', () => {
  test('an empty directory', async () => {
    expect(loadState(aDirectory())).toEqual({ found: false, reason: 'absent' });
  });

  test('a directory that is not there', async () => {
    expect(loadState(join(aDirectory(), 'none'))).toEqual({ found: false, reason: 'absent' });
  });

  test.each([0o640, 0o604, 0o620, 0o602])('a file of mode %o', async (mode) => {
    const directory = aDirectory();
    saveState(directory, STATE);
    chmodSync(join(directory, 'state.json'), mode);
    expect(loadState(directory)).toEqual({ found: false, reason: 'too_open' });
  });

  test('a link, though it leads to a good state', async () => {
    const [directory, elsewhere] = [aDirectory(), aDirectory()];
    saveState(elsewhere, STATE);
    symlinkSync(join(elsewhere, 'state.json'), join(directory, 'state.json'));
    expect(loadState(directory)).toEqual({ found: false, reason: 'not_a_file' });
  });

  test('a directory of that name', async () => {
    const directory = aDirectory();
    mkdirSync(join(directory, 'state.json'));
    expect(loadState(directory)).toEqual({ found: false, reason: 'not_a_file' });
  });

  test('a pipe, nor does it wait for one', async () => {
    const directory = aDirectory();
    spawnSync('mkfifo', ['-m', '600', join(directory, 'state.json')]);
    expect(loadState(directory)).toEqual({ found: false, reason: 'not_a_file' });
  });

  test('a file of another version', async () => {
    const directory = aDirectory();
    writeFileSync(join(directory, 'state.json'), '{"version":3,"new":"things"}', { mode: 0o600 });
    expect(loadState(directory)).toEqual({ found: false, reason: 'other_version' });
  });

  test.each([
    ['empty', () => ''],
    ['no JSON', () => 'half a st'],
    ['cut short', (text: string) => text.slice(0, -20)],
    ['a list', () => '[]'],
    ['without a version', (text: string) => text.replace('"version":2,', '')],
    ['of an unknown store', (text: string) => text.replace('"store":"infisical"', '"store":"disk"')],
    ['without a token', (text: string) => text.replace('"token":"s.canary"', '"token":""')],
    ['with a token of two lines', (text: string) => text.replace('"s.canary"', '"s.\\ncanary"')],
    ['with a body that is no object', (text: string) => text.replace(/"body":"[^}]*\}/u, '"body":"[{}')],
    ['with a body that is no JSON', (text: string) => text.replace('"body":"{', '"body":"')],
    ['with an unknown kind of lifetime', (text: string) => text.replace('"polled"', '"eternal"')],
    ['with a parameter that is no text', (text: string) => text.replace('"cn":"a"', '"cn":1')],
    ['with a time that is no number', (text: string) => text.replace('"changedAt":7', '"changedAt":"7"')],
  ])('a file that is %s', async (_, corrupt) => {
    const directory = aDirectory();
    const path = join(directory, 'state.json');
    saveState(directory, STATE);
    const good = readFileSync(path, 'utf8');
    expect(corrupt(good)).not.toBe(good);
    writeFileSync(path, corrupt(good));
    expect(loadState(directory)).toEqual({ found: false, reason: 'corrupt' });
  });
});

describe('a state that cannot be saved', () => {
  test('is reported with the system code and without content', async () => {
    const directory = join(aDirectory(), 'none');
    const error = thrownBy(() => saveState(directory, STATE));
    expect(error).toMatchObject({ code: 'ENOENT' });
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('canary');
  });

  test('leaves no older one to be resumed, for its values have been replaced since', async () => {
    const directory = aDirectory();
    saveState(directory, STATE);
    mkdirSync(join(directory, 'state.json.tmp'));
    expect(() => saveState(directory, { ...STATE, fingerprint: 'new' })).toThrow('EISDIR');
    expect(loadState(directory)).toEqual({ found: false, reason: 'absent' });
  });

  test('leaves nothing of its own behind, and what is not a state where it is', async () => {
    const directory = aDirectory();
    mkdirSync(join(directory, 'state.json'));
    expect(thrownBy(() => saveState(directory, STATE))).toMatchObject({ code: 'EISDIR' });
    expect(readdirSync(directory)).toEqual(['state.json']);
  });
});
