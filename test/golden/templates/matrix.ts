import { FUNCTION_FAMILIES } from '#contract/template/functions.ts';
import type { TemplateFunction } from '../../../agent/template/functions/signature.ts';
import { FUNCTIONS } from '../../../agent/template/functions/table.ts';

/**
 * Every function of the engine's own table on operands of every kind, alone, in pairs and by threes, too many of them and
 * too few: what the real agent and ours have to render, or refuse, alike.
 */
export interface MatrixCall {
  readonly name: string;
  /** With `$d` for the data of the secret. */
  readonly call: string;
}

/** The data behind `$d`. */
export const MATRIX_DATA = '{"n":1.50,"big":12345678901234567890,"z":null,"l":["b",2,null],"w":["b","a"],"m":{"a":{"b":[1]}},"s":"a,b"}';

/** One operand for each kind of value, and for each that a function may take for another. */
const OPERANDS: Readonly<Record<string, string>> = {
  'text': '"a,b"',
  'empty text': '""',
  'number as text': '"3"',
  'boolean as text': '"true"',
  'text beyond ASCII': '"é😀"',
  'bytes': '"\\xff"',
  'int': '2',
  'negative int': '-1',
  'zero': '0',
  'character': "'c'",
  'int64': '(parseInt "-7")',
  'uint64': '(parseUint "7")',
  'float': '1.5',
  'whole float': '(parseFloat "2")',
  'boolean': 'true',
  'nil': 'nil',
  'missing key': '$d.none',
  'null of the store': '$d.z',
  'number of the store': '$d.n',
  'large number of the store': '$d.big',
  'list of the store': '$d.l',
  'list of texts': '(split "," "b,a,b")',
  'list of ints': '(sprig_until 2)',
  'empty list': '(sprig_list)',
  'list never made': '(secrets "")',
  'map of the store': '$d.m',
  'map of texts': '(splitToMap "," "=" "x=1")',
  'parsed map': '(parseJSON `{"a":1}`)',
  'empty map': '(parseJSON "{}")',
  'map out of YAML': '(parseYAML "{a: 1, 2: b}")',
};

const SECONDS = ['"a"', '2', '$d.n', '(split "," "b,a")', '(parseJSON `{"a":{"b":1}}`)'];
const THIRDS = ['"a"', '2', '$d.m'];

/** What depends on when or where it is called, or has cases of its own. */
const APART: ReadonlySet<string> = new Set([
  ...FUNCTION_FAMILIES.infisical,
  ...FUNCTION_FAMILIES.secret,
  ...FUNCTION_FAMILIES.file,
  'call',
  'executeTemplate',
  'scratch',
  'timestamp',
  'sprig_dateInZone',
  'sprig_date_in_zone',
  'sprig_htmlDate',
  'sprig_htmlDateInZone',
]);

/** The real agent hands values out as they are, so what changes a map would change it for all templates. */
const CHANGING = /merge|_set$|_unset$/iu;

export const MATRIX: readonly MatrixCall[] = [...FUNCTIONS]
  .filter(([name]) => !APART.has(name))
  .flatMap(([name, fn]) => argumentsFor(name, fn).map((args) => ({ name, call: [name, ...args].join(' ') })));

function argumentsFor(name: string, { parameters, rest }: TemplateFunction): readonly (readonly string[])[] {
  const most = rest === undefined ? parameters.length : Math.max(parameters.length + 1, 3);
  const all = [
    [],
    ...Object.values(OPERANDS).map((one) => [one]),
    ...(most < 2 ? [['"a"', '"b"']] : product([SECONDS, SECONDS])),
    ...(most < 3 ? [['"a"', '"b"', '"c"']] : product([THIRDS, THIRDS, THIRDS])),
    ...(most < 4 ? [] : [['"a"', '2', '"b"', '"c"'], ['"a"', '"b"', '$d.m', '$d.l']]),
  ];
  return CHANGING.test(name) ? all.filter((args) => !args.some((operand) => operand.includes('$d.'))) : all;
}

function product(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return lists.reduce<readonly (readonly string[])[]>(
    (begun, list) => begun.flatMap((args) => list.map((operand) => [...args, operand])),
    [[]],
  );
}
