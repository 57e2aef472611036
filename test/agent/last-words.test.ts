import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepLastWords, writeLastWords } from '../../agent/last-words.ts';
import { failure, Scene } from './schedule/scene.ts';

let path: string;

beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'sidekey-words-')), 'termination-log');
});

afterEach(async () => {
  await rm(dirname(path), { recursive: true });
});

describe('last words', () => {
  test('fit into what the kubelet shows, and end with a whole character', async () => {
    writeLastWords(path, `x${'€'.repeat(3000)}`);
    const bytes = await readFile(path);
    expect(bytes.length).toBeLessThanOrEqual(4096);
    expect(bytes.length).toBeGreaterThan(4000);
    expect(bytes.toString()).toMatch(/^x€+$/u);
  });

  test('that cannot be written are no fault', () => {
    expect(() => writeLastWords('/nowhere/at/all', 'text')).not.toThrow();
  });

  test('say what waiting cannot mend, and are taken back when it is mended', async () => {
    const scene = new Scene();
    const keep = keepLastWords(path);
    const tell = (): void => {
      const { state } = scene;
      keep({
        before: state,
        event: { type: 'rendered', revision: 0, files: [], missing: [] },
        after: state,
        now: 0,
      });
    };
    scene.fail('login', failure('login_refused'));
    tell();
    expect(await readFile(path, 'utf8')).toContain('Cannot: login_refused');
    scene.login();
    tell();
    expect(await readFile(path, 'utf8')).toBe('');
  });

  test('say nothing of an outage', async () => {
    const scene = new Scene().fail('login', failure('sealed'));
    const { state } = scene;
    keepLastWords(path)({
      before: state,
      event: { type: 'rendered', revision: 0, files: [], missing: [] },
      after: state,
      now: 0,
    });
    await expect(readFile(path)).rejects.toThrow('ENOENT');
  });
});
