import { posix } from 'node:path';
import { isLoopbackUrl, RELOAD_METHODS, RELOAD_SIGNALS, type ReloadSignal } from '#contract/reload.ts';
import { native } from './families.ts';

/** Their numbers, the same on every platform that there is an agent for. */
const NUMBERS: Readonly<Record<string, ReloadSignal>> = {
  1: 'SIGHUP',
  10: 'SIGUSR1',
  12: 'SIGUSR2',
  28: 'SIGWINCH',
};

/** A signal by its number, or by its name with or without "SIG". */
export function signalOf(word: string): ReloadSignal | undefined {
  return NUMBERS[word] ?? RELOAD_SIGNALS.find((known) => known === word || known === `SIG${word}`);
}

/**
 * What to write instead of a command that needs a shell, or programs that the agent's image has not: as its author seems to
 * mean it. Undefined if that cannot be told.
 */
export function commandAdvice(text: string, file: string): string | undefined {
  // Whatever a shell would make of them, these are the words.
  const words = text.split(/[\s"'`$(){};&|]+/u).filter((word) => word !== '');
  const request = requestIn(words);
  if (request !== undefined)
    return `${native(`reload.${file}`)}: "${request}" beside ${native(`template.${file}`)} or secret.${file}`;
  const signal = ownReload(words) ?? words.map(signalIn).find((found) => found !== undefined);
  const name = nameIn(words);
  if (signal === undefined || name === undefined) return undefined;
  return `"kill -${signal.slice('SIG'.length)} ${name}", which the agent does itself`;
}

const signalIn = (word: string): ReloadSignal | undefined =>
  signalOf(word.replace(/^-(?:-signal=|[sn](?=.))?/u, ''));

/** Programs that signal the one of them that runs, if they are asked so. */
const OWN_RELOADS: readonly (readonly [command: RegExp, signal: ReloadSignal])[] = [
  [/(?:^|[ /])nginx -s reload\b/u, 'SIGHUP'],
  [/(?:^|[ /])nginx -s reopen\b/u, 'SIGUSR1'],
  [/(?:^|[ /])(?:apachectl|apache2ctl|httpd|apache2)(?: -k)? graceful\b/u, 'SIGUSR1'],
];

const ownReload = (words: readonly string[]): ReloadSignal | undefined =>
  OWN_RELOADS.find(([command]) => command.test(words.join(' ')))?.[1];

/** Find processes by the name that follows, unless they are asked to look at whole command lines. */
const FINDERS = new Set(['pidof', 'pgrep', 'pkill', 'killall']);
const SERVERS = new Map([
  ['nginx', 'nginx'],
  ['apachectl', 'apache2'],
  ['apache2ctl', 'apache2'],
  ['apache2', 'apache2'],
  ['httpd', 'httpd'],
]);

function nameIn(words: readonly string[]): string | undefined {
  const names = words.map((word) => posix.basename(word));
  const finder = names.findLastIndex((name) => FINDERS.has(name));
  if (finder < 0) {
    const pidFile = names.find((name) => name.endsWith('.pid'));
    return pidFile?.slice(0, -'.pid'.length) ?? SERVERS.get(names.find((name) => SERVERS.has(name)) ?? '');
  }
  const asked = words.slice(finder + 1);
  if (asked.some((word) => /^-(?:\w*f\w*$|-full$)/u.test(word))) return undefined;
  const name = asked.find((word) => /^[^-\d]/u.test(word) && signalOf(word) === undefined);
  return name === undefined ? undefined : posix.basename(name);
}

const CLIENTS = new Set(['curl', 'wget', 'http']);

/** The request to a server of the pod that a client's words make, in the form of `reload.<file>`. */
function requestIn(words: readonly string[]): string | undefined {
  if (!words.some((word) => CLIENTS.has(posix.basename(word)))) return undefined;
  const urls = words.map((word) => (/^[a-z]+:\/\//iu.test(word) ? word : `http://${word}`));
  const url = urls.find((each) => isLoopbackUrl(each) && words.some((word) => each.endsWith(word)));
  return url === undefined ? undefined : `http:${methodIn(words)} ${url}`;
}

function methodIn(words: readonly string[]): string {
  const text = words.join(' ');
  const [, word] = /(?:^| )(?:-X ?|--request[ =]|--method[ =]|http )([A-Z]+)\b/u.exec(text) ?? [];
  const sends = words.some((each) => /^(?:-d|--data(?:-.*)?|--json|--post-data.*)(?:=|$)/u.test(each));
  return RELOAD_METHODS.find((known) => known === word) ?? (sends ? 'POST' : 'GET');
}
