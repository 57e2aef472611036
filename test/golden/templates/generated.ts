import fc from 'fast-check';

/** A template made by chance, and what the secret that it reads holds. */
export interface GeneratedCase {
  /** With `$d` for the data. */
  readonly body: string;
  /** JSON, of which numbers are read as they stand. */
  readonly data: string;
}

/** Letters that engines treat differently: of several bytes, of two code units, to be escaped, to be trimmed. */
const letter = fc.constantFrom(...Array.from('abcXYZ019 _-.,:;/=+%&<>\'"\\#{}[]()|$\té€😀ß\u00a0\u2028'));
const text = fc.oneof(
  fc.string({ unit: letter, maxLength: 8 }),
  fc.constantFrom('', 'true', '1.50', '-3', '0x1f', 'null', 'a,b,,c', 'k=v,x=y', 'aGVsbG8=', '2001-02-03', '~', '{"a":[1]}', "it's"),
);

/** Numbers as a store may send them. */
const number = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map(String),
  fc.constantFrom('1.50', '1e3', '1E21', '12345678901234567890', '-0', '0.1', '1e-7', '100000000000000000000000'),
);

const key = fc.constantFrom('a', 'b', 'key', 'k-2', '10', '9', '__proto__', 'constructor', 'é', '');

const { value } = fc.letrec<{ value: string; list: string; map: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text.map((one) => JSON.stringify(one)),
    number,
    fc.constantFrom('true', 'false', 'null'),
    tie('list'),
    tie('map'),
  ),
  list: fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
  map: fc
    .uniqueArray(fc.tuple(key, tie('value')), { maxLength: 3, selector: ([name]) => name })
    .map((entries) => `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${item}`).join(',')}}`),
}));

const jsonText = text.map((one) => JSON.stringify(one));

/** The names that expressions know, with values of the kinds that they expect, as a rule. */
const data = fc
  .record({
    s: jsonText,
    t: jsonText,
    n: number,
    m: fc.dictionary(key, jsonText, { maxKeys: 3, noNullPrototype: true }).map((map) => mapText(map)),
    l: fc.array(value, { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    b: fc.constantFrom('true', 'false'),
    z: fc.constant('null'),
    v: value,
  })
  .map(mapText);

function mapText(map: Readonly<Record<string, string>>): string {
  return `{${Object.entries(map)
    .map(([name, item]) => `${JSON.stringify(name)}:${item}`)
    .join(',')}}`;
}

/** Go's quoted string, which is also JavaScript's for these letters. */
const quoted = text.map((one) => JSON.stringify(one));

const verb = fc
  .tuple(
    fc.constantFrom('', '-', '+', '#', '0', ' ', '+#', '-0'),
    fc.constantFrom('', '1', '6'),
    fc.constantFrom('', '.0', '.2', '.'),
    fc.constantFrom(...Array.from('vvvssdqxXtgfeTUcbo%z')),
  )
  .map((parts) => `%${parts.join('')}`);

const join = (...parts: readonly string[]): string => parts.join(' ');
const call = (name: string, ...args: readonly string[]): string => `(${join(name, ...args)})`;

type Kinds = Record<'text' | 'int' | 'list' | 'texts' | 'map' | 'bool' | 'any', string>;

const of = (...names: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...names);

/** Expressions by the kind of their value, in parentheses where they are calls. */
const expressions = fc.letrec<Kinds>((tie) => {
  const calls = (names: readonly string[], ...args: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
    fc.tuple(of(...names), ...args).map(([name, ...given]) => call(name, ...given));
  const some = (...choices: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
    fc.oneof({ depthSize: 'xsmall', withCrossShrink: true }, ...choices);
  return {
    text: some(
      of('$d.s', '$d.t'),
      quoted,
      calls(['toUpper', 'toLower', 'toTitle', 'trimSpace', 'base64Encode', 'sha256Hex', 'md5sum', 'sprig_trim', 'sprig_upper', 'sprig_title', 'sprig_nospace', 'sprig_b64enc', 'sprig_b64dec'], tie('text')),
      calls(['trim', 'trimPrefix', 'trimSuffix', 'sprig_trimAll', 'sprig_trimPrefix'], tie('text'), tie('text')),
      calls(['replaceAll', 'sprig_replace'], tie('text'), tie('text'), tie('text')),
      calls(['toJSON', 'toJSONPretty', 'toUnescapedJSON', 'toYAML', 'print', 'println', 'html', 'js', 'urlquery', 'sprig_toString', 'sprig_quote', 'sprig_squote', 'sprig_toJson', 'sprig_toPrettyJson', 'sprig_kindOf', 'sprig_typeOf', 'sprig_cat'], tie('any')),
      calls(['toTOML'], tie('map')),
      calls(['print', 'println', 'html', 'sprig_cat', 'sprig_quote'], tie('any'), tie('any')),
      calls(['join'], quoted, tie('texts')),
      calls(['sprig_join'], quoted, tie('list')),
      calls(['indent', 'sprig_indent', 'sprig_nindent', 'sprig_trunc', 'sprig_repeat'], of('0', '1', '3'), tie('text')),
      calls(['sprig_substr'], of('0', '1', '2'), of('-1', '1', '4'), tie('text')),
      calls(['slice'], of('"abc"', '"é€"', '$d.s'), of('0', '1'), of('1', '2')),
      calls(['sprig_plural'], quoted, quoted, tie('int')),
      fc.tuple(fc.array(fc.oneof(verb, text.filter((one) => !one.includes('%')))), fc.array(tie('any'), { maxLength: 3 }))
        .map(([parts, args]) => call('printf', JSON.stringify(parts.join('')), ...args)),
      calls(['regexReplaceAll'], of('`[a-c]+`', '`(a)|b`', '`\\s*`', '`^.`', '`\\W`', '`é|😀`'), of('""', '"<$1>"', '"$0"', '"${1}x"', '"$x"'), tie('text')),
    ),
    int: some(
      of('0', '1', '2', '-3', '7', '0x10', "'a'", '1_000'),
      calls(['len'], tie('text')),
      calls(['len'], tie('list')),
      calls(['sprig_int', 'sprig_int64', 'sprig_add1'], tie('any')),
      calls(['add', 'subtract', 'multiply', 'minimum', 'maximum', 'sprig_add', 'sprig_sub', 'sprig_mul', 'sprig_max', 'sprig_min'], tie('int'), tie('int')),
      calls(['divide', 'modulo', 'sprig_div', 'sprig_mod'], of('1', '-3', '7', '0'), tie('int')),
      calls(['parseInt'], of('"12"', '"-7"', '""', '$d.n.String', '"x"')),
      calls(['sprig_atoi'], tie('text')),
    ),
    list: some(
      of('$d.l'),
      tie('texts'),
      calls(['sprig_list'], tie('any'), tie('any')),
      calls(['sprig_reverse', 'sprig_uniq', 'sprig_compact', 'sprig_rest', 'sprig_initial'], tie('list')),
      calls(['sprig_append', 'sprig_prepend', 'sprig_without'], tie('list'), tie('any')),
      calls(['sprig_concat'], tie('list'), tie('list')),
      calls(['sprig_until', 'sprig_chunk'].slice(0, 1), of('0', '2', '3')),
      calls(['sprig_chunk'], of('1', '2'), tie('list')),
    ),
    texts: some(
      calls(['split', 'sprig_splitList'], quoted, tie('text')),
      calls(['sprig_sortAlpha', 'sprig_toStrings'], tie('list')),
    ),
    map: some(
      of('$d.m', '$d', '$d.m'),
      calls(['parseJSON', 'sprig_fromJson', 'sprig_fromJson'], of('`{"x":1.0,"y":[null,"<"]}`', '"{}"', '`{"__proto__":{"a":1}}`', '$d.s')),
      calls(['sprig_dict'], quoted, tie('any')),
      calls(['sprig_pick', 'sprig_omit'], tie('map'), of('"a"', '"key"', '"s"')),
      calls(['explodeMap'], of('$d.m', '(sprig_dict "a/b" 1 "a/c" "x")', '(sprig_dict "a" 1 "a/b" 2)')),
      calls(['mergeMap', 'mergeMapWithOverride', 'sprig_merge', 'sprig_mergeOverwrite'], calls(['sprig_dict'], quoted, tie('any')), tie('map')),
    ),
    bool: some(
      of('true', 'false', '$d.b'),
      calls(['not', 'sprig_empty'], tie('any')),
      calls(['sprig_deepEqual'], tie('any'), tie('any')),
      calls(['eq', 'ne'], of('$d.n', '$d.s', '$d.b', '$d.z', '1'), tie('any')),
      calls(['eq', 'ne', 'lt', 'le', 'gt', 'ge'], tie('text'), tie('text')),
      calls(['eq', 'lt', 'le', 'gt', 'ge'], tie('int'), tie('int')),
      calls(['in', 'contains', 'sprig_has'], tie('any'), tie('list')),
      calls(['contains', 'sprig_contains', 'sprig_hasPrefix', 'sprig_hasSuffix'], tie('text'), tie('text')),
      calls(['regexMatch'], of('`^a`', '`[[:alpha:]]`', '`(?i)X$`', '`\\bé`'), tie('text')),
      calls(['sprig_hasKey'], tie('map'), of('"a"', '"s"')),
    ),
    any: some(
      tie('text'),
      tie('int'),
      tie('list'),
      tie('map'),
      tie('bool'),
      fc.tuple(of('`a: 1\n2: [x, y]`', '`- a\n- b: |\n    c`', '(toYAML $d)', '(toYAML $d.l)', '$d.s', '$d.t')).map(([yaml]) => call('parseYAML', yaml)),
      of('$d.n', '$d.z', '$d.none', '$d.v', '$d.m.key', '(splitToMap "," "=" $d.s)', '1.5', '$d.n.String', '.', '$'),
      calls(['index'], of('(split "," "a,b")', '(sprig_list 1 $d.s)', '$d.l'), of('0', '1')),
      calls(['index'], tie('map'), of('"a"', '"key"', '"v"')),
      calls(['and', 'or', 'sprig_coalesce', 'sprig_default'], tie('any'), tie('any')),
      calls(['sprig_ternary'], tie('any'), tie('any'), tie('bool')),
      calls(['sprig_first', 'sprig_last'], tie('list')),
      calls(['sprig_get'], tie('map'), of('"a"', '"n"')),
      calls(['sprig_float64'], tie('any')),
      calls(['parseFloat'], of('"1.5"', '$d.n.String', '"x"')),
    ),
  };
});

const open = of('{{ ', '{{- ', '{{');
const close = of(' }}', ' -}}', '}}');
const action = (inside: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(open, inside, close).map((parts) => parts.join(''));

const plain = fc.string({ unit: fc.constantFrom(...Array.from('ab \n\té😀<{}-')), maxLength: 5 });

/** Statements: text, values, branches, loops, variables, definitions. */
const { body } = fc.letrec<{ body: string; statement: string; block: string }>((tie) => ({
  statement: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    plain.filter((one) => !one.includes('{{')),
    action(expressions.any),
    action(fc.tuple(expressions.any, of('toJSON', 'print', 'printf "%v|%T"', 'toYAML', 'toJSONPretty', 'html')).map(([one, next]) => `${one} | ${next}`)),
    fc.tuple(of('if', 'with'), expressions.any, tie('block'), tie('block'))
      .map(([kind, condition, then, otherwise]) => `{{ ${kind} ${condition} }}${then}{{ else }}${otherwise}{{ end }}`),
    fc.tuple(expressions.bool, tie('block'), expressions.bool, tie('block'))
      .map(([one, first, two, second]) => `{{ if ${one} }}${first}{{ else if ${two} }}${second}{{ end }}`),
    fc.tuple(expressions.list, tie('block')).map(([list, inner]) => `{{ range $i, $x := ${list} }}{{ $i }}:{{ $x }}${inner}{{ end }}`),
    fc.tuple(expressions.map, tie('block')).map(([map, inner]) => `{{ range $k, $x := ${map} }}{{ $k }}={{ $x }};${inner}{{ end }}`),
    fc.tuple(expressions.list, expressions.bool, of('break', 'continue'))
      .map(([list, condition, jump]) => `{{ range ${list} }}{{ . }}{{ if ${condition} }}{{ ${jump} }}{{ end }},{{ end }}`),
    fc.tuple(expressions.any, expressions.any, tie('block'))
      .map(([first, second, inner]) => `{{ $y := ${first} }}{{ if true }}{{ $y = ${second} }}${inner}{{ end }}{{ $y }}`),
    fc.tuple(tie('block'), expressions.any).map(([inner, dot]) => `{{ with $dot := ${dot} }}${inner}{{ $dot }}{{ end }}`),
  ),
  block: fc.array(tie('statement'), { maxLength: 2 }).map((parts) => parts.join('')),
  body: fc.array(tie('statement'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
}));

export const generatedCase: fc.Arbitrary<GeneratedCase> = fc.record({ body, data });
