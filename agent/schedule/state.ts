import type { Backoff } from '#contract/backoff.ts';
import type { OutageRule } from '#contract/agent-outage.ts';
import type { ReloadKind } from '#contract/reload.ts';
import type { Reading, SecretRef, Session, StoreName } from '../provider/provider.ts';
import type { Secret } from '../secret.ts';
import type { WrittenFile } from '../template/files.ts';
import type { ValueMap } from '../value/value.ts';
import type { Attempt, Failure } from './attempt.ts';
import type { Lifetime, Term } from './lifetime.ts';

/** A login that succeeded, and when its token wants attention. All times are milliseconds since the epoch. */
export interface SessionState {
  /** Unique among the sessions of all stores. */
  readonly id: number;
  readonly store: StoreName;
  readonly session: Session;
  /** When the login was; absent if an earlier process did it. */
  readonly since?: number;
  readonly term: Term;
  /** When to renew the token, or to replace it. */
  readonly due: number;
  readonly attempt: Attempt;
}

/** The last answer for a secret. */
export interface Held {
  readonly value: Secret<ValueMap>;
  readonly term: Term;
  /** The session that read it: a lease ends with that one's token, unless it is lasting. */
  readonly session: number;
  readonly leaseId?: string;
}

export interface SecretState {
  readonly ref: SecretRef;
  /** Absent until it was read once. */
  readonly held?: Held;
  /** When to renew or read; in the past while that is under way. */
  readonly due: number;
  readonly attempt: Attempt;
  /** When the store last confirmed it, by a read or a renewal. */
  readonly confirmedAt: number;
}

/**
 * A lease that has been replaced but whose secret still stands in the files, or is used by an application that was not told
 * yet: kept alive until it is let go.
 */
export interface Superseded {
  readonly leaseId: string;
  readonly store: StoreName;
  readonly session: number;
  readonly term: Term;
  readonly due: number;
  /** The first revision that is made without it. */
  readonly revision: number;
  /** The commit that took it out of the files; absent while it stands in them. */
  readonly commit?: number;
}

/** A lasting lease that nothing is made from any more: it runs out, or is revoked in the end. */
export interface Remnant {
  readonly leaseId: string;
  readonly store: StoreName;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

export interface FileState {
  /** Keys of the secrets its content was made from. */
  readonly used: readonly string[];
  /** Absent before the first render of this process. */
  readonly content?: Secret<string>;
  /** What its template wrote beside it. */
  readonly written?: readonly WrittenFile[];
  readonly changedAt: number;
  /** Why its content is not what its template says now. */
  readonly failure?: Failure;
  /** It is not in its volume, for what it is made of is not good any more. */
  readonly removed?: true;
}

export interface RenderState {
  /** True while the files may differ from what the secrets say. */
  readonly dirty: boolean;
  /** Not later than this even if reads are under way. */
  readonly due: number;
  readonly attempt: Attempt;
  /** When the first complete set was committed by this process. */
  readonly firstAt?: number;
}

/** The logins at one store. */
export interface StoreState {
  /** The session new requests go through. Absent before the first login and once its token proved invalid. */
  readonly current?: SessionState;
  /** Replaced sessions whose tokens may still be alive; never renewed. */
  readonly former: readonly SessionState[];
  readonly login: Login;
}

/** The next login at a store. */
export interface Login {
  readonly due: number;
  readonly attempt: Attempt;
  /** How many tokens in a row were refused soon after they had been granted. */
  readonly refused: number;
}

/** What a target is owed: word of one commit. */
export interface Notice {
  readonly target: string;
  readonly kind: ReloadKind;
  readonly commit: number;
  /** When it is tried for the last time (milliseconds since the epoch). */
  readonly giveUpAt: number;
}

/** When a target to which something is owed is told, and how that went so far. */
export interface Telling {
  readonly due: number;
  readonly attempt: Attempt;
  /** True if it would be due before, but the target was told too often of late. */
  readonly heldBack: boolean;
}

/** Everything the agent knows. Immutable: `reduce` makes the next one. */
export interface AgentState {
  readonly pollMs: number;
  /** How often files ask for what they are made of to be read again, by their names; of those that do. Milliseconds. */
  readonly asked: ReadonlyMap<string, number>;
  /** How long is waited before a store is asked again; absent: as long as is usual. */
  readonly backoff?: Backoff;
  /** After which part of its life what cannot be renewed is read anew; absent: as is usual. */
  readonly replaceAfter?: number;
  /** What an outage changes, if anything. Nobody can tell how long the store was away before `since`. */
  readonly outage?: OutageRule & { readonly since: number };
  readonly stores: ReadonlyMap<StoreName, StoreState>;
  readonly nextSession: number;
  readonly secrets: ReadonlyMap<string, SecretState>;
  readonly superseded: readonly Superseded[];
  readonly remnants: readonly Remnant[];
  /** Grows with every changed value, so that a commit knows what it has rendered. */
  readonly revision: number;
  readonly render: RenderState;
  readonly files: ReadonlyMap<string, FileState>;
  /** Grows with every commit. */
  readonly commits: number;
  /** Tells apart what a file held at the last commit, by its name; of files whose changes somebody is told of. */
  readonly marks: ReadonlyMap<string, string>;
  readonly notices: readonly Notice[];
  /** By target; one for each that is in a notice. */
  readonly tellings: ReadonlyMap<string, Telling>;
  /** By target, when it is paid for how often it was told (milliseconds since the epoch). */
  readonly paid: ReadonlyMap<string, number>;
}

/** Something to do now. Whoever performs it reports back with one event. */
export type Action =
  | { readonly type: 'login'; readonly store: StoreName }
  | { readonly type: 'renew_token'; readonly session: SessionState }
  | {
      readonly type: 'read';
      readonly key: string;
      readonly ref: SecretRef;
      readonly session: SessionState;
      /** What it was at the last read, if nothing casts doubt on that. */
      readonly known?: Secret<ValueMap>;
    }
  | { readonly type: 'renew'; readonly leaseId: string; readonly session: SessionState }
  | {
      readonly type: 'render';
      readonly revision: number;
      readonly secrets: ReadonlyMap<string, SecretState>;
      readonly files: ReadonlyMap<string, FileState>;
      /** Names of the files that are not to stand in their volumes. */
      readonly removed?: ReadonlySet<string>;
    }
  /** Tell a target of everything up to a commit. */
  | { readonly type: 'notify'; readonly target: string; readonly kind: ReloadKind; readonly commit: number };

export type Render = Extract<Action, { type: 'render' }>;

/** Whose business the changes of a file are. */
export interface Watch {
  readonly target: string;
  readonly kind: ReloadKind;
  /** How long it is tried to tell the target. */
  readonly deadlineMs: number;
  /** Tells the content from any other. */
  readonly mark: string;
}

/** What a render made of one file. */
export interface FileOutcome {
  readonly name: string;
  readonly used: readonly string[];
  readonly content?: Secret<string>;
  readonly written?: readonly WrittenFile[];
  readonly failure?: Failure;
  readonly watch?: Watch;
  readonly removed?: true;
}

/** What has happened. */
export type Event =
  | { readonly type: 'logged_in'; readonly store: StoreName; readonly session: Session }
  | { readonly type: 'token_renewed'; readonly session: number; readonly lifetime: Lifetime }
  | {
      readonly type: 'read';
      readonly key: string;
      readonly session: number;
      readonly reading: Reading;
    }
  | { readonly type: 'renewed'; readonly leaseId: string; readonly lifetime: Lifetime }
  /** The templates were evaluated. `changed` is absent if nothing was committed because the set is not complete. */
  | {
      readonly type: 'rendered';
      readonly revision: number;
      readonly files: readonly FileOutcome[];
      readonly missing: readonly SecretRef[];
      readonly changed?: readonly string[];
    }
  /** A target was told of everything up to a commit, and has taken it in as far as that can be known. */
  | { readonly type: 'notified'; readonly target: string; readonly kind: ReloadKind; readonly commit: number }
  /** What is made of the secrets is to be something else from now on: there is a render to do. */
  | { readonly type: 'redirected' }
  | { readonly type: 'failed'; readonly action: Action; readonly failure: Failure };

export type Rendered = Extract<Event, { type: 'rendered' }>;

/** The moment of one step, in milliseconds since the epoch, and its chance: numbers from 0 to below 1. */
export interface Moment {
  readonly now: number;
  readonly random: () => number;
}
