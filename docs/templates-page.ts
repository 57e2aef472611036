import { FUNCTION_FAMILIES } from '#contract/template/functions.ts';
import { REFUSED_BY_REASON } from '#contract/template/refused-functions.ts';
import type { Parameter } from '../agent/template/functions/signature.ts';
import { FUNCTIONS } from '../agent/template/functions/table.ts';
import { coverageOf } from '../test/golden/templates/coverage.ts';
import { EXCEPTIONS } from '../test/golden/templates/exceptions.ts';
import { table } from './table.ts';

const INTRODUCTION = `A template is written in the language of Go's \`text/template\` with the functions of Vault Agent, and renders to the same bytes.
Whoever has \`agent-inject-template-…\` annotations keeps them.

A template is parsed when the pod is admitted: one with a mistake, or with a function that there is not, is refused with line, column and
what was expected there. Everything else is found when it is rendered, and said in the same way in the log, in the readiness and in the
last words of the agent; a message never holds a value.

It is evaluated until nothing is missing: what it asks for is read in parallel, and what that brings to light, after it. A secret that
has yet to be read is nothing, so what uses one belongs inside \`{{ with secret "…" }}\`. Files are written when all of them can be
made, all at once; a template that fails later keeps what its file held.

| | |
| --- | --- |
| \`{{ with secret "kv/app" }}{{ .Data.key }}{{ end }}\` | a secret; of KV v2, \`secret/app\` is completed to \`secret/data/app\`, and its values are below \`.Data.data\` |
| \`{{ with secret "pki/issue/web" "common_name=a.test" }}…\` | with pairs it is a write, and what it answers is kept until its life is half over |
| \`{{ with pkiCert "pki/issue/web" "common_name=a.test" }}{{ .Cert }}{{ .Key }}{{ .CA }}{{ end }}\` | a certificate; the same for all templates that ask alike, over a restart of the agent, too; issued anew at half its life |
| \`{{ .Key \\| writeToFile "/vault/secrets/tls/key.pem" "" "" "0400" }}\` | another file, part of the same swap. Only below the directories of files; user and group are the agent's, so leave them empty (\`vault\` and \`100\` mean the same). \`append\` goes on with what this rendering has written |
| \`{{ file "/etc/ssl/certs/ca-certificates.crt" }}\` | a file of the agent's container, looked at again every two seconds; one that another template renders is taken as that renders it. The agent's tokens and state, \`/proc\`, \`/sys\` and \`/dev\` are not seen |
| \`{{ env "NAMESPACE" }}\` | \`NAMESPACE\`, \`POD_IP\` and \`HOST_IP\` are there for templates that name them |

How to have an error instead of \`<no value>\` for a missing key, other delimiters, or JSON without a template:
[annotations.md](annotations.md).`;

const TYPES: Readonly<Record<Parameter, string>> = {
  any: 'any',
  string: 'string',
  boolean: 'bool',
  int: 'int',
  float: 'float64',
  strings: '[]string',
  list: '[]any',
  map: 'map[string]any',
};

function signatureOf(name: string): string {
  const { parameters = [], rest } = FUNCTIONS.get(name) ?? {};
  return [...parameters.map((type) => TYPES[type]), ...(rest ? [`…${TYPES[rest]}`] : [])].join(', ');
}

const TITLES: Readonly<Record<keyof typeof FUNCTION_FAMILIES, string>> = {
  logic: 'Logic',
  comparison: 'Comparison',
  collection: 'Lists and texts as lists',
  map: 'Maps',
  flow: 'Flow',
  yaml: 'YAML',
  toml: 'TOML',
  regex: 'Regular expressions (RE2)',
  print: 'Printing',
  escape: 'Escaping',
  secret: 'Vault and OpenBao',
  file: 'Files',
  infisical: 'Infisical',
  json: 'JSON',
  base64: 'Base64',
  hash: 'Hashes',
  text: 'Texts',
  case: 'Letter case',
  parse: 'Parsing',
  environment: 'Environment',
  math: 'Arithmetic',
  time: 'Time',
  sprigText: 'Sprig: texts',
  sprigWords: 'Sprig: words and lines',
  sprigEncoding: 'Sprig: encodings and sums',
  sprigRegex: 'Sprig: regular expressions (RE2)',
  sprigPath: 'Sprig: paths',
  sprigUrl: 'Sprig: URLs',
  sprigNumber: 'Sprig: numbers',
  sprigTime: 'Sprig: time',
  sprigFloat: 'Sprig: decimals',
  sprigList: 'Sprig: lists',
  sprigMap: 'Sprig: maps',
  sprigFlow: 'Sprig: conditions, conversions, types',
};

/** The reference page of templates. Deterministic. */
export function templatesPage(note: string): string {
  const coverage = coverageOf([...FUNCTIONS.keys()]);
  const families = Object.entries(FUNCTION_FAMILIES).map(([family, names]) => {
    const rows = names.map((name) => {
      const { rendered = 0, refused = 0, callsRendered = 0, callsRefused = 0 } = coverage.get(name) ?? {};
      const counts = [rendered, refused, callsRendered, callsRefused].map((count) =>
        count === 0 ? '' : String(count),
      );
      return [`\`${name}\``, signatureOf(name), ...counts];
    });
    const title = TITLES[family as keyof typeof FUNCTION_FAMILIES];
    return `### ${title}\n\n${table(['function', 'arguments', 'rendered', 'refused', 'calls given', 'calls refused'], rows)}`;
  });
  const refused = REFUSED_BY_REASON.map(([reason, names]) => [
    names.map((name) => `\`${name}\``).join(', '),
    `it ${reason}`,
  ]);
  const exceptions = EXCEPTIONS.map(({ what, why }) => [what, why]);
  return `# Templates

${note}

${INTRODUCTION}

## Functions

Every one is compared with a real agent: in how many templates that both render, in how many that both refuse, and in how many calls
on operands of every kind, which both render or both refuse. Functions of Infisical are compared with Infisical's own agent instead.

${families.join('\n\n')}

## Refused

Functions that other agents have, and why no template of ours may call them.

${table(['functions', ''], refused)}

## What differs on purpose

${table(['', 'because'], exceptions)}

Beside these, \`writeToFile\`, \`file\` and \`pkiCert\` differ as told above, \`pkiCert\` has \`.CAChain\` as with Vault, and a template that changes
what it has read changes its own copy.
`;
}
