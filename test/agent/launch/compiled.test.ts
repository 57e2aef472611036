import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Script } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compiledFile, compiledPrograms } from '../../../agent/launch/compiled.ts';

/** What it exports tells what it was called with; that it is long, how it was compiled. */
const PROGRAM = `
const path = require('node:path');
function twice(n) { return n * 2; }
exports.twice = twice(21);
exports.here = path.basename(__filename);
exports.same = module.exports === exports;
exports.part = require('./part.cjs');
`;

let directory: string;
let launcher: string;
let program: string;
let loadedBefore: NodeJS.RequireExtensions['.cjs'];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sidekey-launch-'));
  launcher = join(directory, 'agent.cjs');
  program = join(directory, 'program.cjs');
  writeFileSync(program, PROGRAM);
  writeFileSync(join(directory, 'part.cjs'), 'module.exports = "part";');
  loadedBefore = compiledPrograms(launcher).extensions['.cjs'];
});

afterEach(() => {
  const { extensions } = compiledPrograms(launcher);
  extensions['.cjs'] = loadedBefore;
  rmSync(directory, { recursive: true });
});

interface Loaded {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly scripts: ReadonlyMap<string, Script>;
}

function load(): Loaded {
  const scripts = new Map<string, Script>();
  const loader = compiledPrograms(launcher, (file, script) => scripts.set(file, script));
  for (const file of Object.keys(loader.cache)) if (file.startsWith(directory)) delete loader.cache[file];
  return { exports: loader(program) as Loaded['exports'], scripts };
}

function keep({ scripts }: Loaded): void {
  for (const [file, script] of scripts) writeFileSync(compiledFile(file), script.createCachedData());
}

const rejected = ({ scripts }: Loaded): readonly (boolean | undefined)[] =>
  [...scripts.values()].map(({ cachedDataRejected }) => cachedDataRejected);

const EXPECTED = { twice: 42, here: 'program.cjs', same: true, part: 'part' };

describe('a program', () => {
  test('runs as Node would run it, and so do its parts', () => {
    expect(load().exports).toEqual(EXPECTED);
  });

  test('runs from what was compiled before', () => {
    keep(load());
    const again = load();
    expect(rejected(again)).toEqual([false, false]);
    expect(again.exports).toMatchObject(EXPECTED);
  });

  test('is compiled anew if what was compiled is of another program', () => {
    keep(load());
    writeFileSync(program, `${PROGRAM}exports.twice += 1;`);
    const again = load();
    expect(rejected(again)).toEqual([true, false]);
    expect(again.exports).toMatchObject({ ...EXPECTED, twice: 43 });
  });

  test.each([
    ['nothing', ''],
    ['something else', 'not what an engine makes'],
  ])('is compiled anew if beside it stands %s', (_, text) => {
    for (const file of [program, join(directory, 'part.cjs')]) writeFileSync(compiledFile(file), text);
    const again = load();
    expect(rejected(again)).toEqual([true, true]);
    expect(again.exports).toMatchObject(EXPECTED);
  });
});
