import type { AgentConfig } from '#contract/agent-config.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import type { LocalFiles } from './local-files.ts';
import type { Suspension } from './suspension.ts';
import type { Notify } from './notify/notify.ts';
import type { World } from './perform.ts';
import type { Providers } from './provider/provider.ts';
import { type FileToRender, type FileWorld, renderFiles } from './render-files.ts';

/** What both ways of running the agent are put together from. */
export interface Parts {
  readonly config: AgentConfig;
  readonly files: readonly FileToRender[];
  readonly providers: Providers;
  readonly commit: FileWorld['commit'];
  readonly localFiles: LocalFiles;
  /** Where it is said whether files are to stay as they are; absent where nobody may say so. */
  readonly suspension?: Suspension;
  readonly env: FileWorld['env'];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Aborted when the process is asked to end. */
  readonly stop: AbortSignal;
}

/** What a way of running hands back: the process's exit code. */
export type ExitCode = 0 | 1;

export function worldOf({ localFiles, suspension, clock, ...parts }: Parts, notify?: Notify): World {
  const { files, providers, commit, env } = parts;
  const readFile = (path: string): string => localFiles.read(path);
  const world: FileWorld = {
    files,
    providers,
    commit,
    readFile,
    env,
    now: () => new Date(clock.now()),
    ...(suspension && { suspension }),
  };
  return { providers, render: (action) => renderFiles(world, action), ...(notify && { notify }) };
}
