import type { FaultRows } from './row.ts';

const OLD_SET = 'the old set, whole; the newest as soon as it can be written';
const TRIES = 'stays ready, tries again at growing intervals and whenever a secret changes';

export const VOLUME_FAULTS = {
  no_space: {
    fault: 'a volume has no space for a new set beside the old one',
    application: OLD_SET,
    agent: `writes nothing before there is space for all of it; ${TRIES}`,
    log: 'bytes are needed and',
  },
  no_inodes: {
    fault: 'a volume has no inodes left',
    application: OLD_SET,
    agent: `the same; ${TRIES}`,
    log: 'inodes are needed and',
  },
  read_only: {
    fault: 'a volume is mounted read-only',
    application: OLD_SET,
    agent: TRIES,
    log: 'it is mounted read-only: mount it writable in the agent (EROFS)',
  },
  immutable: {
    fault: "a volume is immutable, or its sticky bit keeps another user's `..data` there",
    application: OLD_SET,
    agent: TRIES,
    log: "the agent's user may not write there: check the volume's owner and mode (EPERM)",
  },
  closed: {
    fault: 'a volume belongs to another user',
    application: OLD_SET,
    agent: TRIES,
    log: "the agent's user may not write there: check the volume's owner and mode (EACCES)",
  },
  taken: {
    fault:
      'a file, directory, link, pipe or device of somebody else stands in the place of a file, of `..data` or of `..data_tmp`',
    application:
      'what stands there, and the rest of the old set, whole; the newest set once that was removed. In the place of `..data`, it hides all files',
    agent: `follows no link, leaves it alone and names it when it has something to write; ${TRIES}`,
    log: "is there and is not the agent's: remove it or choose another name or directory",
  },
  replaced: {
    fault:
      "the same stands in the place of the directory to which `..data` points, whose name is the agent's own",
    application: 'what stands there, until the next change; then the newest set, whole',
    agent: 'follows no link, and removes it after the next set was written',
    log: 'Rotated',
  },
  state_full: {
    fault: 'the directory of the saved state is full',
    application: 'nothing',
    agent:
      'goes on; saves the state at the next change for which there is space, and logs in anew if it is started before',
    log: 'Cannot save the state: a restart will log in anew',
  },
} as const satisfies FaultRows;
