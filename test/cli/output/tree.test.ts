import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MARKER, type TreeFile, writeTree } from '../../../cli/output/tree.ts';

vi.mock('node:fs', { spy: true });

const MAKER = 'sidekey tenant render';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tree-'));
});

afterEach(() => {
  vi.mocked(writeFileSync).mockRestore();
  vi.mocked(renameSync).mockRestore();
  chmodSync(root, 0o700);
  rmSync(root, { recursive: true });
});

const files = (...paths: readonly string[]): readonly TreeFile[] =>
  paths.map((path) => ({ path, text: `this is ${path}\n` }));

const write = (name: string, ...paths: readonly string[]) =>
  writeTree(join(root, name), files(...paths), MAKER);

/** All that is in a directory, with what the files hold. */
const contentOf = (directory: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [path.slice(directory.length + 1), readFileSync(path, 'utf8')];
      }),
  );

const namesIn = (name: string): readonly string[] =>
  Object.keys(contentOf(join(root, name))).filter((path) => path !== MARKER);

const refusal = (result: ReturnType<typeof write>): string =>
  result.ok ? '' : result.problems.map(({ message }) => message).join('\n');

/** Nothing is left beside what was asked for. */
const expectNothingElse = (...names: readonly string[]): void => {
  expect(readdirSync(root).toSorted()).toEqual(names.toSorted());
};

describe('a directory', () => {
  test('is made, and those around it', () => {
    expect(write('a/b/out', 'x.yaml', 'deep/y.yaml')).toEqual({ ok: true, value: [] });
    expect(contentOf(join(root, 'a/b/out'))).toEqual({
      'x.yaml': 'this is x.yaml\n',
      'deep/y.yaml': 'this is deep/y.yaml\n',
      [MARKER]: `${MAKER}\ndeep/y.yaml\nx.yaml\n`,
    });
    expect(readdirSync(join(root, 'a/b'))).toEqual(['out']);
  });

  test('that is empty is filled', () => {
    mkdirSync(join(root, 'out'));
    expect(write('out', 'x.yaml').ok).toBe(true);
    expect(namesIn('out')).toEqual(['x.yaml']);
  });

  test('of ours is replaced as a whole, and what is gone is told', () => {
    write('out', 'a.yaml', 'b/b.yaml', 'b/c.yaml');
    expect(write('out', 'a.yaml', 'd.yaml')).toEqual({ ok: true, value: ['b/b.yaml', 'b/c.yaml'] });
    expect(namesIn('out').toSorted()).toEqual(['a.yaml', 'd.yaml']);
    expectNothingElse('out');
  });

  test('of ours may lack files that somebody deleted', () => {
    write('out', 'a.yaml', 'b.yaml');
    rmSync(join(root, 'out/a.yaml'));
    expect(write('out', 'b.yaml').ok).toBe(true);
  });

  test('behind a link is replaced, and the link stays', () => {
    write('real', 'a.yaml');
    symlinkSync('real', join(root, 'out'));
    expect(write('out', 'b.yaml').ok).toBe(true);
    expect(namesIn('real')).toEqual(['b.yaml']);
    expect(namesIn('out')).toEqual(['b.yaml']);
  });
});

describe('what is not ours is left alone:', () => {
  test('a directory of others', () => {
    mkdirSync(join(root, 'out'));
    writeFileSync(join(root, 'out/precious.txt'), 'mine');
    expect(refusal(write('out', 'x.yaml'))).toMatch(
      /^holds precious\.txt, which sidekey tenant render did not/u,
    );
    expect(contentOf(join(root, 'out'))).toEqual({ 'precious.txt': 'mine' });
    expectNothingElse('out');
  });

  test.each(['.git/HEAD', 'kustomization.yaml', 'kubernetes/extra.yaml'])('%s in one of ours', (path) => {
    write('out', 'kubernetes/x.yaml');
    mkdirSync(join(root, 'out', path, '..'), { recursive: true });
    writeFileSync(join(root, 'out', path), 'mine');
    expect(refusal(write('out', 'kubernetes/y.yaml'))).toContain(`holds ${path}, which`);
    expect(readFileSync(join(root, 'out', path), 'utf8')).toBe('mine');
    expect(existsSync(join(root, 'out/kubernetes/x.yaml'))).toBe(true);
  });

  test('a directory that another command wrote', () => {
    writeTree(join(root, 'out'), files('policy.yaml'), 'sidekey policy render');
    expect(refusal(write('out', 'x.yaml'))).toMatch(/^was written by sidekey policy render, /u);
    expect(namesIn('out')).toEqual(['policy.yaml']);
  });

  test('a file', () => {
    writeFileSync(join(root, 'out'), 'mine');
    expect(refusal(write('out', 'x.yaml'))).toBe('is a file; name a directory');
    expect(refusal(write('out/deeper', 'x.yaml'))).toBe('cannot be written: what it is to be in is a file');
    expect(readFileSync(join(root, 'out'), 'utf8')).toBe('mine');
    expectNothingElse('out');
  });

  test('where one stands', () => {
    expect(refusal(writeTree('.', files('x.yaml'), MAKER))).toMatch(/^is where you are/u);
    expect(refusal(writeTree('..', files('x.yaml'), MAKER))).toMatch(/^is where you are/u);
  });

  test('a link that leads nowhere', () => {
    symlinkSync('nowhere', join(root, 'out'));
    expect(refusal(write('out', 'x.yaml'))).toBe('cannot be written: ENOENT');
    expectNothingElse('out');
  });
});

describe('a failure leaves all as it was:', () => {
  const failing = (code: string): Error => Object.assign(new Error('no'), { code });

  test.each([0, 1, 2, 3])('the disk is full at file %d', (good) => {
    write('out', 'a.yaml', 'b.yaml', 'c.yaml');
    const before = contentOf(join(root, 'out'));
    let left = good;
    vi.mocked(writeFileSync).mockImplementation(() => {
      if (left === 0) throw failing('ENOSPC');
      left -= 1;
    });
    expect(refusal(write('out', 'd.yaml', 'e.yaml', 'f.yaml'))).toBe(
      'cannot be written: there is no space left',
    );
    vi.mocked(writeFileSync).mockRestore();
    expect(contentOf(join(root, 'out'))).toEqual(before);
    expectNothingElse('out');
  });

  test.each([
    ['the old one cannot be moved away', 0],
    ['the new one cannot take its place', 1],
  ])('%s', async (_, good) => {
    write('out', 'a.yaml');
    const before = contentOf(join(root, 'out'));
    const real = await vi.importActual<Pick<typeof fs, 'renameSync'>>('node:fs');
    for (let done = 0; done < good; done += 1) vi.mocked(renameSync).mockImplementationOnce(real.renameSync);
    vi.mocked(renameSync).mockImplementationOnce(() => {
      throw failing('EBUSY');
    });
    expect(refusal(write('out', 'b.yaml'))).toContain('it is where something is mounted');
    expect(contentOf(join(root, 'out'))).toEqual(before);
    expectNothingElse('out');
  });

  test('nothing may be written beside it', () => {
    mkdirSync(join(root, 'locked'));
    write('locked/out', 'a.yaml');
    vi.mocked(mkdtempSync).mockImplementationOnce(() => {
      throw failing('EACCES');
    });
    expect(refusal(write('locked/out', 'b.yaml'))).toBe('cannot be written: EACCES');
    expect(namesIn('locked/out')).toEqual(['a.yaml']);
  });

  test('nor are directories left behind that were made on the way', () => {
    vi.mocked(writeFileSync).mockImplementationOnce(() => {
      throw failing('ENOSPC');
    });
    expect(write('a/b/out', 'x.yaml').ok).toBe(false);
    expectNothingElse();
  });
});

test('nothing leads out of the directory', () => {
  for (const path of ['../x', '/etc/x', 'a/../../x', '..data/x', 'a/./x', ''])
    expect(() => write('out', path)).toThrow('leads out of the directory');
  expectNothingElse();
});

test('what is written is what is there, whatever was there before', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-c]\/[a-c]\.yaml$/u), { maxLength: 5 });
  fc.assert(
    fc.property(fc.array(names, { minLength: 1, maxLength: 4 }), (rounds) => {
      for (const paths of rounds) expect(write('out', ...paths).ok).toBe(true);
      expect(namesIn('out').toSorted()).toEqual(rounds.at(-1)?.toSorted());
      rmSync(join(root, 'out'), { recursive: true });
    }),
    { numRuns: 30 },
  );
});
