import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSuspension, watchSuspension } from '../../agent/suspension.ts';
import { SteeredClock } from './steered-clock.ts';

/** A file as the downward API writes it. */
function aFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sidekey-suspend-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'suspend');
}

test('files are held while the annotation says so, and not by what else may stand there', () => {
  const file = aFile();
  const suspension = createSuspension(file);
  expect(suspension.holds()).toBe(false);
  for (const [text, holds] of [
    ['true', true],
    ['true\n', true],
    ['false', false],
    ['', false],
    ['yes', false],
  ] as const) {
    writeFileSync(file, text);
    expect(suspension.holds(), text).toBe(holds);
  }
});

test('it is told when they may change again, once', async () => {
  const file = aFile();
  const clock = new SteeredClock();
  const stop = new AbortController();
  writeFileSync(file, 'true');
  let told = 0;
  const watching = watchSuspension(createSuspension(file), clock, stop.signal, () => (told += 1));
  await clock.advance(2000);
  expect(told).toBe(0);
  writeFileSync(file, 'false');
  await clock.advance(2000);
  await clock.advance(2000);
  expect(told).toBe(1);
  stop.abort();
  await clock.advance(2000);
  await watching;
});
