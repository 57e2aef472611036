import type { AgentConfig } from '#contract/agent-config.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import type { LocalFiles } from './local-files.ts';
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
  readonly env: FileWorld['env'];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Aborted when the process is asked to end. */
  readonly stop: AbortSignal;
}

/** What a way of running hands back: the process's exit code. */
export type ExitCode = 0 | 1;

export function worldOf({ localFiles, clock, ...parts }: Parts, notify?: Notify): World {
  const { files, providers, commit, env } = parts;
  const readFile = (path: string): string => localFiles.read(path);
  const world = { files, providers, commit, readFile, env, now: () => new Date(clock.now()) };
  return { providers, render: (action) => renderFiles(world, action), ...(notify && { notify }) };
}
