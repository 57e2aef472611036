import * as nodeFileSystem from 'node:fs/promises';
import type { FileSystem } from '../../../agent/render/file-system.ts';

/** Calls that change something. */
export const CHANGES: readonly string[] = ['chmod', 'link', 'mkdir', 'rename', 'rm', 'symlink', 'writeFile'];

/**
 * The real file system, asked through `before` about every call: by throwing, it fails the call. Of a call with two
 * paths it is told the one that would come to be.
 */
export function watched(before: (call: string, path: string) => void): FileSystem {
  return new Proxy<FileSystem>(nodeFileSystem, {
    get(target, name, receiver) {
      const real: unknown = Reflect.get(target, name, receiver);
      if (typeof real !== 'function') return real;
      return async (...args: unknown[]): Promise<unknown> => {
        const path = ['symlink', 'rename', 'link'].includes(String(name)) ? args[1] : args[0];
        before(String(name), String(path));
        return (await Reflect.apply(real, target, args)) as unknown;
      };
    },
  });
}

/** Fails the calls of that name on such a path with a system error. */
export const failing = (code: string, name: string, matches: (path: string) => boolean): FileSystem =>
  watched((call, path) => {
    if (call === name && matches(path)) throw Object.assign(new Error('From the test'), { code });
  });
