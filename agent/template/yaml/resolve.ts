import { Fault } from '../error.ts';
import { Float, type GoValue, Integer } from '../go/value.ts';
import { isTimestamp } from '../go/yaml-resolve.ts';

type Type = 'str' | 'bool' | 'int' | 'float' | 'null' | 'timestamp';

interface Resolved {
  readonly type: Type;
  readonly value: GoValue;
}

const words = (value: GoValue, type: Type, list: string): [string, Resolved][] =>
  list.split(' ').map((word) => [word, { type, value }]);

const WORDS: ReadonlyMap<string, Resolved> = new Map([
  ...words(true, 'bool', 'y Y yes Yes YES true True TRUE on On ON'),
  ...words(false, 'bool', 'n N no No NO false False FALSE off Off OFF'),
  ...words(null, 'null', '~ null Null NULL'),
  ...words(new Float(Number.NaN), 'float', '.nan .NaN .NAN'),
  ...words(new Float(Number.POSITIVE_INFINITY), 'float', '.inf .Inf .INF +.inf +.Inf +.INF'),
  ...words(new Float(Number.NEGATIVE_INFINITY), 'float', '-.inf -.Inf -.INF'),
  ['', { type: 'null', value: null }],
]);

const PREFIX = 'tag:yaml.org,2002:';
/** Of any other, the text stays as it is. */
const CONVERTED = ['bool', 'int', 'float', 'null', 'timestamp'].map((type) => PREFIX + type);

/** What a scalar stands for: by its tag, or else by how it looks. Throws Fault if the two do not agree. */
export function resolveScalar(text: string, tag: string): GoValue {
  if (tag !== '' && !CONVERTED.includes(tag)) return text;
  const wanted = tag === '' ? undefined : tag.slice(PREFIX.length);
  const { type, value } = resolvePlain(text, wanted);
  if (wanted === undefined || wanted === type) return value;
  if (wanted === 'float' && value instanceof Integer && value.signed) return new Float(Number(value.value));
  throw new Fault(`the text is not YAML: a value is no ${wanted}, as its tag says`);
}

function resolvePlain(text: string, wanted: string | undefined): Resolved {
  const string = { type: 'str', value: text } as const;
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (text.startsWith('.')) return float(text) ?? string;
  if (!/^[-+\d]/u.test(text)) return string;
  const mayBeTime = wanted === undefined || wanted === 'timestamp';
  if (mayBeTime && isTimestamp(text)) return { type: 'timestamp', value: text };
  const digits = text.replaceAll('_', '');
  return integer(digits) ?? float(digits) ?? string;
}

const INTEGER =
  /^(?<sign>[-+]?)(?:0[xX](?<hex>[\da-fA-F]+)|0[bB](?<binary>[01]+)|0[oO]?(?<octal>[0-7]+)|(?<decimal>0|[1-9]\d*))$/u;

function integer(text: string): Resolved | undefined {
  const groups = INTEGER.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { sign, hex, binary, octal, decimal } = groups;
  const prefixed = [
    ['0x', hex],
    ['0b', binary],
    ['0o', octal],
    ['', decimal],
  ].find(([, digits]) => digits !== undefined);
  const magnitude = BigInt((prefixed ?? []).join(''));
  const value = sign === '-' ? -magnitude : magnitude;
  if (BigInt.asIntN(64, value) === value) return { type: 'int', value: new Integer(value) };
  const fits = sign === '' && BigInt.asUintN(64, value) === value;
  return fits ? { type: 'int', value: new Integer(value, 'uint64') } : undefined;
}

function float(text: string): Resolved | undefined {
  if (!/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/u.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? { type: 'float', value: new Float(value) } : undefined;
}
