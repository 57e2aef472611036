import { posix } from 'node:path';
import { containedPath } from '#contract/path.ts';
import { type CommandReload, DEFAULT_RELOAD_DEADLINE_MS, type SignalReload } from '#contract/reload.ts';
import { parseMode } from './agent-values.ts';
import { commandAdvice, signalOf } from './command-advice.ts';
import { dropIn } from './families.ts';
import type { Findings } from './findings.ts';
import type { InjectedFile } from './injection.ts';
import { SIGNAL_FORM } from './reload-values.ts';
import { isPrintable, type Value, type ValueParser } from './values.ts';
import { splitWords } from './words.ts';

const ROW = 'agent-inject-command-X';
const commandKey = (name: string): string => dropIn(ROW.slice(0, -1) + name);

/** The files, each with the command that a change of it calls for. */
export function withCommands(findings: Findings, files: readonly InjectedFile[]): readonly InjectedFile[] {
  return files.map((file) => withCommand(findings, file));
}

function withCommand(findings: Findings, file: InjectedFile): InjectedFile {
  const key = commandKey(file.name);
  // As with the Vault Agent Injector, an empty command is none.
  if ((findings.text(key) ?? '').trim() === '') return file;
  const mode = ownMode(findings.text(key) ?? '', file);
  if (mode !== undefined) return { ...file, mode, modeKey: key };
  const call = findings.read(key, commandParser(file), undefined);
  if (call === undefined) return file;
  if (call.kind === 'command' && call.words[0] !== 'touch') warnOfProgram(findings, key, file);
  return { ...file, reload: { ...call, deadlineMs: DEFAULT_RELOAD_DEADLINE_MS }, reloadKey: key };
}

/** What `chmod` would give the file itself each time, which is what the agent writes it with. */
function ownMode(text: string, { volume, path }: InjectedFile): number | undefined {
  const [program = '', octal = '', place, ...more] = splitWords(text.trim()) ?? [];
  if (posix.basename(program) !== 'chmod' || place !== `${volume}/${path}` || more.length > 0)
    return undefined;
  const mode = parseMode(octal);
  return 'value' in mode ? mode.value : undefined;
}

/** A warning is cut where it is long, so what to write comes early. */
function warnOfProgram(findings: Findings, key: string, { name }: InjectedFile): void {
  const advice = commandAdvice(findings.text(key) ?? '', name);
  findings.warn(key, advice === undefined ? IN_THE_IMAGE : `${NOT_IN_THE_IMAGE}; expected ${advice}`);
}

const IN_THE_IMAGE =
  "runs in the agent's container, whose image has no shell and no other programs unless the operator adds some; kill and touch are built in";
const NOT_IN_THE_IMAGE = "needs a program that the agent's image has not";

const KILL_FORM = `"kill -HUP <name>", the name of one program that runs, and ${SIGNAL_FORM}`;
const NO_SHELL = `a command that needs no shell, for the agent has none, such as ${KILL_FORM}`;

/** Programs that the agent's image has not, and would not help if it had. */
const SHELLS = new Set(['sh', 'ash', 'bash', 'dash', 'ksh', 'zsh', 'busybox']);
/** They look for processes in a way that is not the agent's, or for files that it does not see. */
const SIGNALLERS = new Set([
  'apachectl',
  'apache2ctl',
  'killall',
  'killall5',
  'nginx',
  'pgrep',
  'pidof',
  'pkill',
  'rc-service',
  'service',
  'skill',
  'supervisorctl',
  'systemctl',
]);

type Command = SignalReload | CommandReload;

function commandParser({ name, volume }: InjectedFile): ValueParser<Command> {
  return (text) => {
    const read = readCommand(text, volume);
    return 'value' in read ? read : { expected: commandAdvice(text, name) ?? read.expected };
  };
}

function readCommand(text: string, directory: string): Value<Command> {
  // A block of YAML ends with the end of its line.
  const line = text.trim();
  const words = isPrintable(line) ? splitWords(line) : undefined;
  const [program = '', ...options] = words ?? [];
  const name = posix.basename(program);
  if (words === undefined || program === '' || SHELLS.has(name)) return { expected: NO_SHELL };
  if (name === 'kill') return parseKill(options);
  if (name === 'touch') return parseTouch(options, directory);
  if (SIGNALLERS.has(name)) return { expected: KILL_FORM };
  return { value: { kind: 'command', words } };
}

function parseKill(options: readonly string[]): Value<SignalReload> {
  const [flag, name = '', ...more] = options[0] === '-s' ? [`-${options[1]}`, ...options.slice(2)] : options;
  const signal = flag?.startsWith('-') ? signalOf(flag.slice(1)) : undefined;
  // Numbers of processes are known to nobody before they run.
  const isName = /^[^-\d]/u.test(name) && more.length === 0;
  if (signal === undefined || !isName) return { expected: KILL_FORM };
  return { value: { kind: 'signal', signal, to: { name: posix.basename(name) } } };
}

function parseTouch(paths: readonly string[], directory: string): Value<CommandReload> {
  const below = `${directory}/`;
  const isBelow = (path: string): boolean =>
    path.startsWith(below) && containedPath(path.slice(below.length)) === path.slice(below.length);
  return paths.length > 0 && paths.every(isBelow)
    ? { value: { kind: 'command', words: ['touch', ...paths] } }
    : {
        expected: `"touch <path>" with a path below ${directory}, which is all that others see of the agent's`,
      };
}
