import { readFileSync, readlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { argv } from 'node:process';
import { isWhole, PAIR } from './sets.ts';

/**
 * A process that opens and reads without pause, by the visible names and by one look at `..data`, until its standard
 * input ends; then it prints what it saw as JSON. It says when it has looked often enough to mean something, for a busy
 * machine gives it little time. Usage: spinning-reader.ts <volume>
 */
const [volume = ''] = argv.slice(2);
const seen = { reads: 0, broken: 0, missing: 0, pairs: 0, mixedPairs: 0 };

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readByName(): void {
  for (const path of PAIR) {
    const text = read(`${volume}/${path}`);
    seen.reads += 1;
    if (text === undefined) seen.missing += 1;
    else if (!isWhole(text)) seen.broken += 1;
  }
}

/** Both files of the generation that `..data` named, unless it was removed meanwhile. */
function readAsSet(): void {
  const generation = readlinkSync(`${volume}/..data`);
  const [one, other] = PAIR.map((path) => read(`${volume}/${generation}/${path}`));
  if (one === undefined || other === undefined) return;
  seen.pairs += 1;
  if (one !== other) seen.mixedPairs += 1;
}

const hasLookedEnough = (): boolean => seen.reads > 1000 && seen.pairs > 100;

process.stdin.resume().on('end', () => {
  process.stdout.write(`${JSON.stringify(seen)}\n`);
  process.exit();
});
process.stdout.write('started\n');
for (let isTold = false; ;) {
  for (let round = 0; round < 50; round += 1) {
    readByName();
    readAsSet();
  }
  if (!isTold && hasLookedEnough()) {
    isTold = true;
    process.stdout.write('looked\n');
  }
  await setImmediate();
}
