import { dirname } from 'node:path';

/** Long enough for several files to be written, and for the kubelet to have swapped its symlink. */
const SETTLE_MS = 200;

export interface FileWatch {
  readonly files: readonly string[];
  /** Called once at first, for what came before the watch began, and a moment after each change. */
  readonly changed: () => void;
  /** The system cannot watch, or not any more. */
  readonly failed: (reason: string) => void;
}

/**
 * Tells of changes of files. Their directories are watched rather than they, for a volume of a Secret or a ConfigMap changes
 * by the swap of a symlink beside them.
 *
 * @returns How to stop.
 */
export async function watchFiles({ files, changed, failed }: FileWatch): Promise<() => Promise<void>> {
  let settling: NodeJS.Timeout | undefined;
  const settle = (): void => {
    clearTimeout(settling);
    settling = setTimeout(changed, SETTLE_MS);
  };
  // Loaded here, for few programs have a file to watch.
  const chokidar = await import('chokidar');
  const watcher = chokidar.watch([...new Set(files.map((file) => dirname(file)))], {
    depth: 0,
    ignoreInitial: true,
  });
  watcher.on('all', settle).on('raw', settle);
  watcher.on('error', (error) => failed(String(error)));
  await new Promise<void>((resolve) => {
    watcher.once('ready', () => resolve());
  });
  settle();
  return async () => {
    clearTimeout(settling);
    await watcher.close();
  };
}
