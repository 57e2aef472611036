import type { SecretRef, StoreName } from '../provider/provider.ts';
import type { Term } from '../schedule/lifetime.ts';
import type { Notice, Remnant } from '../schedule/state.ts';
import type { Secret } from '../secret.ts';
import type { FilePlace } from '../template/files.ts';
import type { ValueMap } from '../value/value.ts';

/** The format's version; a file of another one is not read. */
export const SAVED_VERSION = 2;

/** What an agent needs to go on after a restart as if nothing had happened: no login, no new lease. */
export interface SavedState {
  readonly version: typeof SAVED_VERSION;
  /** Of the configuration it belongs to: under another one nothing of it is used. */
  readonly fingerprint: string;
  /** By which clock its times are. Absent from what older releases wrote. */
  readonly clock?: ClockOrigin;
  /** The session in use at each store; none at one whose token was lost. */
  readonly current: readonly SavedSession[];
  /** Sessions that were replaced and may still be alive. */
  readonly former: readonly SavedSession[];
  readonly secrets: readonly SavedSecret[];
  /** Leases that are kept for who was not told yet that they are replaced. Absent from what older releases wrote. */
  readonly superseded: readonly SavedLease[];
  /** Lasting leases that are not used any more, to be revoked in the end. Absent from what older releases wrote. */
  readonly remnants: readonly Remnant[];
  readonly files: readonly SavedFile[];
  /** What targets were not told yet. Absent from what older releases wrote. */
  readonly notices: readonly Notice[];
}

/** What the agent's clock said when the steady clock of the machine began (milliseconds since the epoch). */
export interface ClockOrigin {
  readonly at: number;
  /** Which start of the machine that was; empty if it does not tell. */
  readonly boot: string;
}

export interface SavedSession {
  /** Secrets name the session that issued their lease by this whole number. */
  readonly id: number;
  readonly store: StoreName;
  readonly token: Secret<string>;
  readonly term: Term;
}

export interface SavedSecret {
  readonly ref: SecretRef;
  /** The whole body as it was read. */
  readonly value: Secret<ValueMap>;
  /** The session it was read through; its lease ends with that one's token, unless its lifetime says that it lasts. */
  readonly session: number;
  readonly leaseId?: string;
  readonly term: Term;
}

export interface SavedLease {
  readonly leaseId: string;
  readonly store: StoreName;
  readonly session: number;
  readonly term: Term;
  /** The commit that took it out of the files. */
  readonly commit?: number;
}

export interface SavedFile {
  readonly name: string;
  /** When its content last changed, in milliseconds since the epoch. */
  readonly changedAt: number;
  /** Tells its content from any other, where somebody is told of changes. */
  readonly mark?: string;
  /** The files that its template wrote beside it. */
  readonly written?: readonly SavedPlace[];
  /** It was taken out of its volume. */
  readonly removed?: true;
}

export interface SavedPlace extends FilePlace {
  /** Permission bits. */
  readonly mode: number;
}
