import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createKeepsake } from '../../../agent/state/keepsake.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sidekey-keepsake-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
});

const file = (): string => join(directory, 'keepsake');

describe('a keepsake', () => {
  test('is not there at first', async () => {
    expect(await createKeepsake(directory).load()).toBeUndefined();
  });

  test('is known to a later process, and to nobody else', async () => {
    await createKeepsake(directory).save('one');
    await createKeepsake(directory).save('two');
    expect(await createKeepsake(directory).load()).toBe('two');
    expect(readdirSync(directory)).toEqual(['keepsake']);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  test('that others could have written is not trusted', async () => {
    await createKeepsake(directory).save('one');
    chmodSync(file(), 0o620);
    expect(await createKeepsake(directory).load()).toBeUndefined();
  });

  test('that is a link is not followed', async () => {
    writeFileSync(join(directory, 'elsewhere'), 'planted', { mode: 0o600 });
    symlinkSync('elsewhere', file());
    expect(await createKeepsake(directory).load()).toBeUndefined();
  });

  test('that cannot be written says so', async () => {
    const nowhere = createKeepsake(join(directory, 'none'));
    await expect(nowhere.save('one')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
