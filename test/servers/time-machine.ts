import { existsSync, globSync } from 'node:fs';
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The time of day of processes that are started with its environment; no other, and not their steady clock, is touched. */
export interface TimeMachine extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
  /** Sets it this far ahead of the true time, or behind. */
  step(hours: number): Promise<void>;
}

/** Needs libfaketime. */
export async function openTimeMachine(): Promise<TimeMachine> {
  const [library] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1');
  if (library === undefined) throw new Error('Cannot change the time: there is no libfaketime');
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-time-'));
  const file = join(directory, 'offset');
  const step = async (hours: number): Promise<void> => {
    await writeFile(`${file}.new`, `${hours < 0 ? '' : '+'}${hours}h\n`, { mode: 0o644 });
    // At once, for processes read it all the time.
    await rename(`${file}.new`, file);
  };
  await step(0);
  // Whoever is not root has to be able to read it.
  await chmod(directory, 0o755);
  return {
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
    step,
    async [Symbol.asyncDispose]() {
      for (const left of leftovers()) await rm(left, { force: true });
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What the library leaves of a process that was killed, by its number. */
const leftovers = (): string[] =>
  globSync('/dev/shm/*faketime_{shm,sem}_*').filter(
    (file) => !existsSync(`/proc/${file.slice(file.lastIndexOf('_') + 1)}`),
  );
