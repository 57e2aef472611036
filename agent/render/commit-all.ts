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
  return async (rendered, { volumes }) => {
    const { changed } = await commit(
      rendered.filter((file) => !isDirect(file)),
      { volumes },
    );
    const { writeDirect } = await import('./direct.ts');
    const others = await writeDirect(rendered.filter(isDirect), places);
    return { changed: [...changed, ...others] };
  };
}
