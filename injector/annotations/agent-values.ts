import { parseQuantity } from '#contract/quantity.ts';
import { DURATION_FORM, parseDuration } from './duration.ts';
import { choiceParser, isPrintable, type ValueParser } from './values.ts';

/** The agent compares what is written with what stands there. */
const OWNER_MAY_READ = 0o400;

/** As `chmod` takes it. */
export const parseMode: ValueParser<number> = (text) => {
  const mode = /^0{0,8}[0-7]{3,4}$/u.test(text) ? Number.parseInt(text, 8) : 0;
  return mode <= 0o777 && (mode & OWNER_MAY_READ) > 0
    ? { value: mode }
    : { expected: 'an octal mode that lets the owner read, from "0400" to "0777", such as "0640"' };
};

const CONTAINER_NAME = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u;

/** Each container of a pod is looked for among them. */
const MOST_NAMES = 1000;

/** Names of containers; space around them makes no difference. */
export const parseContainers: ValueParser<readonly string[]> = (text) => {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length > MOST_NAMES) return { expected: `at most ${MOST_NAMES} names of containers` };
  return names.length > 0 && names.every((name) => CONTAINER_NAME.test(name))
    ? { value: [...new Set(names)] }
    : { expected: 'names of containers, separated by commas, such as "model-server,proxy"' };
};

/** The name of one container. */
export const parseContainer: ValueParser<string> = (text) =>
  CONTAINER_NAME.test(text) ? { value: text } : { expected: 'the name of a container of the pod' };

/** An amount above zero. */
export const parseAmount: ValueParser<string> = (text) =>
  (parseQuantity(text) ?? 0n) > 0n
    ? { value: text }
    : { expected: 'a quantity above zero, such as "100m" or "128Mi"' };

/** An amount, or null for none: the empty text takes the Vault Agent Injector's own away, and zero asks for nothing. */
export const parseAmountOrNone: ValueParser<string | null> = (text) =>
  text === '' || parseQuantity(text) === 0n ? { value: null } : parseAmount(text);

const BYTES_IN_MIB = 1024n * 1024n;
const NANO = 1_000_000_000n;
/** Less than a file and its successor need, and the directories around them. */
const SMALLEST_VOLUME_MIB = 2n;
/** More would be nobody's secrets. */
const LARGEST_VOLUME_MIB = 4096n;

/** In MiB, rounded up. */
export const parseVolumeSize: ValueParser<number> = (text) => {
  const unit = BYTES_IN_MIB * NANO;
  const size = ((parseQuantity(text) ?? 0n) + unit - 1n) / unit;
  return size >= SMALLEST_VOLUME_MIB && size <= LARGEST_VOLUME_MIB
    ? { value: Number(size) }
    : { expected: 'a quantity from "2Mi" to "4Gi", such as "64Mi"' };
};

const LARGEST_ID = 2 ** 31 - 1;

/** A user or group that is not root. */
export const parseId: ValueParser<number> = (text) => {
  const id = /^\d{1,10}$/u.test(text) ? Number(text) : 0;
  return id > 0 && id <= LARGEST_ID
    ? { value: id }
    : { expected: `a numeric id from 1 to ${LARGEST_ID}, for the agent is never root` };
};

/** As Go's `strconv.ParseUint`. */
export const parseSeconds: ValueParser<number> = (text) =>
  /^\d{1,9}$/u.test(text) ? { value: Number(text) } : { expected: 'a whole number of seconds, such as "5"' };

/** The empty text is 0, which stands for what holds anyway. */
export const parseCount: ValueParser<number> = (text) =>
  /^\d{0,6}$/u.test(text) ? { value: Number(text) } : { expected: 'a whole number, such as "10"' };

/** A part of a life. */
export const parseShare: ValueParser<number> = (text) => {
  const share = /^(?:\d+(?:\.\d*)?|\.\d+)$/u.test(text) ? Number(text) : 0;
  return share > 0 && share <= 1
    ? { value: share }
    : { expected: 'a part of the life of a lease, above 0 and at most 1, such as "0.9"' };
};

/** Milliseconds; shorter pauses would be a burden to a store. */
const SHORTEST_PAUSE_MS = 50;

/** Zero stands for what holds anyway. */
export const parsePause: ValueParser<number> = (text) => {
  const pause = parseDuration(text);
  return pause !== undefined && (pause === 0 || pause >= SHORTEST_PAUSE_MS)
    ? { value: pause }
    : { expected: `${DURATION_FORM}, at least ${SHORTEST_PAUSE_MS}ms` };
};

/** As in the agent's configuration. */
const SHORTEST_TIMEOUT_MS = 100;
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** Milliseconds; a bare number is one of seconds. */
export const parseTimeout: ValueParser<number> = (text) => {
  const timeout = parseDuration(/^\d+$/u.test(text) ? `${text}s` : text);
  return timeout !== undefined && timeout >= SHORTEST_TIMEOUT_MS && timeout <= LONGEST_TIMEOUT_MS
    ? { value: timeout }
    : { expected: `a number of seconds, or ${DURATION_FORM}, at least ${SHORTEST_TIMEOUT_MS}ms` };
};

/** The levels of Vault Agent, and what the agent calls them. */
const LEVELS: ReadonlyMap<string, string> = new Map([
  ['trace', 'trace'],
  ['debug', 'debug'],
  ['notice', 'info'],
  ['info', 'info'],
  ['warning', 'warn'],
  ['warn', 'warn'],
  ['err', 'error'],
  ['error', 'error'],
]);

export const parseLogLevel: ValueParser<string> = (text) => {
  const level = LEVELS.get(text.trim().toLowerCase());
  return level === undefined ? { expected: '"trace", "debug", "info", "warn" or "error"' } : { value: level };
};

const FORMATS = choiceParser('standard', 'json');

/** In any case of its letters, as Vault Agent reads it. */
export const parseLogFormat: ValueParser<'standard' | 'json'> = (text) => FORMATS(text.trim().toLowerCase());

const IMAGE =
  /^(?=.{1,512}$)[a-z0-9][a-z0-9._-]*(?::\d+)?(?:\/[a-z0-9][a-z0-9._-]*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/iu;

export const parseImage: ValueParser<string> = (text) =>
  IMAGE.test(text)
    ? { value: text }
    : { expected: 'an image that the operator allows, such as "registry.example/sidekey-agent:1.0.0"' };

export const parseServerName: ValueParser<string> = (text) =>
  /^(?=.{1,253}$)[a-z0-9_](?:[-a-z0-9_]*[a-z0-9_])?(?:\.[a-z0-9_](?:[-a-z0-9_]*[a-z0-9_])?)*$/iu.test(text)
    ? { value: text }
    : { expected: 'the host name in the certificate of the store, such as "vault.example"' };

/** A file of the agent's container, spelt as the system would spell it. */
export const parseAgentFile: ValueParser<string> = (text) => {
  const [root, ...parts] = text.split('/');
  const isPlain = root === '' && parts.every((part) => !['', '.', '..'].includes(part));
  return isPlain && isPrintable(text)
    ? { value: text }
    : { expected: 'an absolute path in the container of the agent, such as "/vault/custom/api.tmpl"' };
};

/** An object of the pod's namespace that holds certificates, and its key. */
export interface AuthoritySource {
  readonly kind: 'configMap' | 'secret';
  readonly name: string;
  readonly key: string;
}

/** As cert-manager, trust-manager and Kubernetes itself call it. */
const AUTHORITY_KEY = 'ca.crt';

const AUTHORITY =
  /^(?<kind>configmap|secret):(?<name>(?=[^#]{1,253}(?:#|$))[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*)(?:#(?<key>(?!\.{1,2}$)[-\w.]{1,253}))?$/u;

export const parseAuthority: ValueParser<AuthoritySource> = (text) => {
  const { kind, name, key = AUTHORITY_KEY } = AUTHORITY.exec(text)?.groups ?? {};
  return name === undefined
    ? {
        expected:
          '"configmap:<name>" or "secret:<name>" of an object in the namespace of the pod, with "#<key>" behind it if the key is not ca.crt',
      }
    : { value: { kind: kind === 'secret' ? 'secret' : 'configMap', name, key } };
};
