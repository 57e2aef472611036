import type { FaultRows } from './row.ts';

export const ENDS = {
  killed: {
    fault:
      'it is killed at any system call of a commit, or of saving its state, which it does before, after and beside it',
    application: 'in each volume the old set or the new one, whole',
    agent:
      'the next one needs no login, brings the newest set, leaves nothing over, and tells who was to be told',
    log: 'Resumed the saved state',
  },
  ended_in_commit: {
    fault: 'it is asked to end (SIGTERM) in the middle of a commit',
    application: 'the new set, whole',
    agent: 'finishes it and ends with 0; the next one tells who was to be told',
    log: 'Stopped',
  },
  ended_in_login: {
    fault: 'it is asked to end while it logs in, or waits for the first secrets',
    application: 'no file, and it is not started',
    agent: 'gives up what it waits for and ends with 0; `init` ends with 1 and says how far it was',
    log: 'Stopped',
  },
  ended_in_telling: {
    fault: 'it is asked to end while an application takes its time to hear of a change',
    application: 'its files; it is told by the next agent',
    agent: 'ends with 0; what is owed is saved',
    log: 'Stopped',
  },
  ended_in_revocation: {
    fault: 'it is asked to end, is to revoke its token (`revoke-on-shutdown`), and the store is silent',
    application: 'its files, whole',
    agent:
      'waits five seconds and ends with 0; asked a second time, it ends at once with 143. Without that setting it revokes nothing',
    log: 'Cannot revoke the session: it ends by itself',
  },
} as const satisfies FaultRows;

export const SIZES = {
  large: {
    fault: 'a secret of 1 MiB',
    application: 'it, to the byte',
    agent: 'keeps it in the saved state, too: give the volume room for it twice',
    log: 'Rotated',
  },
  many: {
    fault:
      '1,000 secrets in one pod: a template may name them by `range` and `printf`, and there is room for about 500 files in a configuration of 96 KiB',
    application: 'all of them, each change within the interval and the time that 1,000 reads take',
    agent: 'reads them over two connections',
    log: 'Rotated',
  },
  storm: {
    fault: 'secrets are written hundreds of times a second',
    application: 'whole files of one set at every look, and in the end the last of each',
    agent:
      'skips what it has not seen, never has more than two sets in a volume, and tells of several changes at once, 100 ms or more after it has told last',
    log: 'Told of a change',
  },
} as const satisfies FaultRows;
