import { argv, kill, pid } from 'node:process';
import { commit } from '../../../agent/render/commit.ts';
import { setOf } from './sets.ts';
import { CHANGES, watched } from './watched.ts';

/**
 * A process that commits the second set and is killed before its nth change of the file system.
 * Usage: killed-commit.ts <n> <volume>…
 */
const [nth, ...volumes] = argv.slice(2);
let left = Number(nth);
const fileSystem = watched((call) => {
  if (CHANGES.includes(call) && left-- === 0) kill(pid, 'SIGKILL');
});
await commit(setOf(2, volumes), { fileSystem });
