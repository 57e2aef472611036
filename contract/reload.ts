/** Signals that programs take for "read your files again". Others end a program, or mean something to the system alone. */
export const RELOAD_SIGNALS = ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;
export type ReloadSignal = (typeof RELOAD_SIGNALS)[number];

export const RELOAD_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export const RELOAD_KINDS = ['http', 'signal', 'command'] as const;
export type ReloadKind = (typeof RELOAD_KINDS)[number];

/** A header of a request: a text, and behind it what a file holds. */
export interface ReloadHeader {
  readonly name: string;
  readonly text: string;
  /** Absolute; read anew for each request, without the white space around its content. */
  readonly file?: string;
}

/** Status codes from the one to the other, both included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

export interface HttpReload {
  readonly kind: 'http';
  readonly method: (typeof RELOAD_METHODS)[number];
  /** Of the pod itself; `http:` alone. */
  readonly url: string;
  readonly headers: readonly ReloadHeader[];
  readonly body?: string;
  readonly success: readonly StatusRange[];
}

/** Which process: the one with exactly this command line, words separated by one space, or of this name. */
export type ProcessPattern = { readonly commandLine: string } | { readonly name: string };

export interface SignalReload {
  readonly kind: 'signal';
  readonly signal: ReloadSignal;
  readonly to: ProcessPattern;
}

/** Run in the agent's container without a shell. */
export interface CommandReload {
  readonly kind: 'command';
  readonly words: readonly string[];
}

export type ReloadCall = HttpReload | SignalReload | CommandReload;

/** Who is told that the bytes of a file have changed, and how. */
export type Reload = ReloadCall & {
  /** How long it is tried before it is given up. */
  readonly deadlineMs: number;
};

export const DEFAULT_RELOAD_DEADLINE_MS = 300_000;

export const SUCCESS: readonly StatusRange[] = [{ from: 200, to: 299 }];

export const LOOPBACK_FORM =
  'an http:// URL of this pod, such as "http://127.0.0.1:8000/reload", without a user in it';

/** True for an URL that leads nowhere but into the pod: `localhost`, 127.0.0.0/8 or `[::1]`. */
export function isLoopbackUrl(text: string): boolean {
  // The parser would mend what no URL holds.
  if (!/^http:\/\/[\x21-\x7e]+$/u.test(text) || !URL.canParse(text)) return false;
  const { hostname, username, password, hash } = new URL(text);
  if (username !== '' || password !== '' || hash !== '') return false;
  // The parser has made four numbers of every spelling of an IPv4 address by now.
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/u.test(hostname);
}

/** A header's name (RFC 9110, section 5.1). */
export const isHeaderName = (text: string): boolean => /^[\w!#$%&'*+.^`|~-]+$/u.test(text);

/** What may stand in a header's value. */
export const isHeaderValue = (text: string): boolean => /^[\t\x20-\x7e\u0080-\u00ff]*$/u.test(text);
