/** Words of YAML 1.1 that are booleans, nulls, floats or a merge. */
const WORDS: ReadonlySet<string> = new Set(
  [
    'y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF',
    '~ null Null NULL .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF',
  ].flatMap((words) => words.split(' ')),
);

const BASE_60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/u;
const INTEGER = /^[-+]?(?:0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)$/u;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/u;
const DATE = /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})(?<time>.*)$/u;
const TIME =
  /^(?:[Tt](?:\d|[01]\d|2[0-3]):[0-5]?\d:[0-5]?\d(?:[.,]\d+)?(?:Z|[-+](?:[01]\d|2[0-4]):[0-5]\d)| (?:\d|[01]\d|2[0-3]):[0-5]?\d:[0-5]?\d(?:[.,]\d+)?)?$/u;

/** Whether a text without quotes is read as a string, and not as a number, date or another type. */
export function isStringWhenPlain(text: string): boolean {
  if (text === '' || WORDS.has(text) || BASE_60.test(text)) return false;
  if (text.startsWith('.')) return !isFloat(text);
  return !/^[-+\d]/u.test(text) || !(isTimestamp(text) || isNumber(text.replaceAll('_', '')));
}

const isFloat = (text: string): boolean => FLOAT.test(text) && Number.isFinite(Number(text));

function isNumber(text: string): boolean {
  return isFloat(text) || (INTEGER.test(text) && fits(text));
}

/** As an integer of 64 bits, with or without sign. */
function fits(text: string): boolean {
  const digits = text.replace(/^[-+]/u, '').replace(/^0(?=\d)/u, '0o');
  const value = text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
  return BigInt.asIntN(64, value) === value || (/^\d/u.test(text) && BigInt.asUintN(64, value) === value);
}

/** Whether a text looks like a date, with or without a time. */
export function isTimestamp(text: string): boolean {
  const { year, month, day, time } = DATE.exec(text)?.groups ?? {};
  return time !== undefined && TIME.test(time) && isDate(Number(year), Number(month), Number(day));
}

function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const date = new Date(Date.UTC(2000, month, 0));
  date.setUTCFullYear(year, month, 0);
  return day <= date.getUTCDate();
}
