import type { FileSpec } from '#contract/agent-config.ts';
import { type Commit, commit } from './commit.ts';
import type { DirectFile } from './direct.ts';
import type { RenderedFile } from './plan.ts';

type CommitFiles = (
  files: readonly RenderedFile[],
  place: { readonly volumes: readonly string[] },
) => Promise<Commit>;

const isDirect = (file: RenderedFile): file is DirectFile => file.write !== undefined;

/**
 * How the files of a configuration are committed: the set of each volume as one, and after that the files that are to be
 * replaced by themselves. Few pods have any: the others do not read how that is done.
 */
export function commitOf(files: readonly FileSpec[]): CommitFiles {
  const places = files.filter(({ write }) => write !== undefined);
  if (places.length === 0) return commit;
  // What has changed before a fault is told of with the next commit, which finds it as it should be.
  let owed: readonly string[] = [];
  return async (rendered, { volumes }) => {
    const changed = new Set(owed);
    const note = (name: string): void => void changed.add(name);
    try {
      const set = rendered.filter((file) => !isDirect(file));
      for (const name of (await commit(set, { volumes })).changed) note(name);
      const { writeDirect } = await import('./direct.ts');
      await writeDirect(rendered.filter(isDirect), places, note);
    } catch (error) {
      owed = [...changed];
      throw error;
    }
    owed = [];
    return { changed: [...changed] };
  };
}
