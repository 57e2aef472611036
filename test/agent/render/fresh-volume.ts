import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A fresh, empty directory to render into; removed when the test ends. */
export function aVolume(): string {
  const volume = mkdtempSync(join(realpathSync(tmpdir()), 'sidekey-volume-'));
  onTestFinished(() => rmSync(volume, { recursive: true, force: true }));
  return volume;
}
