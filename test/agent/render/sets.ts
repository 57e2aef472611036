import type { RenderedFile } from '../../../agent/render/plan.ts';
import { Secret } from '../../../agent/secret.ts';

/** A file to render; its name in messages is its path. */
export const fileIn = (volume: string, path: string, content: string, mode = 0o644): RenderedFile => ({
  name: path,
  volume,
  path,
  mode,
  content: new Secret(content),
});

/** Two files of every version that belong together and hold the same text. */
export const PAIR = ['user', 'db/password'] as const;

const LINES = 3000;

/** Large enough for more than one write of the system, and recognisable when cut or mixed. */
const textOf = (version: number): string => `version ${version}\n`.repeat(LINES);

export function isWhole(text: string): boolean {
  const [, version] = /^version (\d+)\n/u.exec(text) ?? [];
  return version !== undefined && text === textOf(Number(version));
}

/** One version of a set in each volume: the pair, a file that never changes, and one of every second version. */
export function setOf(version: number, volumes: readonly string[]): RenderedFile[] {
  return volumes.flatMap((volume) => [
    ...PAIR.map((path) => fileIn(volume, path, textOf(version))),
    fileIn(volume, 'constant', 'constant', 0o600),
    ...(version % 2 === 0 ? [fileIn(volume, 'even', 'even')] : [fileIn(volume, 'odd/file', 'odd')]),
  ]);
}

/** What a reader finds of one version. */
export const contentsOf = (version: number): Record<string, string> =>
  Object.fromEntries(setOf(version, ['']).map(({ path, content }) => [path, content.reveal()]));
