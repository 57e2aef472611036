import fc from 'fast-check';
import { encodeText } from '#contract/template/bytes.ts';
import { TemplateSyntaxError } from '#contract/template/error.ts';
import { parseTemplate } from '#contract/template/parse.ts';
import { TemplateError } from '../../../agent/template/error.ts';
import { evaluate } from '../../../agent/template/evaluate.ts';
import { FUNCTIONS } from '../../../agent/template/functions/table.ts';
import { parseJson } from '../../../agent/value/json.ts';
import { isValueMap, type ValueMap } from '../../../agent/value/value.ts';
import type { OpenBaoServer } from '../../servers/openbao.ts';
import { type AgentRun, runBaoAgent } from './bao-agent.ts';
import type { Case } from './corpus.ts';
import { type GeneratedCase, generatedCase } from './generated.ts';

/** What each engine makes of a template: its bytes, one character for each, or nothing if it refuses. */
export interface Comparison {
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
}

/** As many as one secret may hold the data of: the server bounds how many strings are in one. */
const AT_ONCE = 25;

const PATH = 'kv/generated';

/** Has templates and data rendered by both engines; the server needs a KV v1 mount at `kv/`. */
async function compare(
  server: OpenBaoServer,
  cases: readonly GeneratedCase[],
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  for (let at = 0; at < cases.length; at += AT_ONCE)
    comparisons.push(...(await compareSome(server, cases.slice(at, at + AT_ONCE))));
  return comparisons;
}

export interface Chance {
  readonly numRuns: number;
  readonly seed: number;
}

/**
 * Templates and data made by chance on which the engines differ, shrunk, and how to come to them again; nothing if there are
 * none. They are compared many at a time, and what a failure is shrunk to, one by one.
 */
export async function findDisagreement(server: OpenBaoServer, chance: Chance): Promise<string | undefined> {
  const samples = fc.sample(generatedCase, chance);
  const comparisons = await compare(server, samples);
  const known = new Map(samples.map((one, index) => [keyOf(one), comparisons[index]]));
  const property = fc.asyncProperty(generatedCase, async (one) => {
    const comparison = known.get(keyOf(one)) ?? (await compare(server, [one]))[0];
    if (comparison?.ours === comparison?.theirs) return;
    throw new Error(`ours ${show(comparison?.ours)}, theirs ${show(comparison?.theirs)}`);
  });
  const details = await fc.check(property, chance);
  return details.failed ? await fc.asyncDefaultReportMessage(details) : undefined;
}

const keyOf = ({ body, data }: GeneratedCase): string => JSON.stringify([body, data]);

const show = (bytes: string | undefined): string => (bytes === undefined ? 'refuses' : `makes ${JSON.stringify(bytes)}`);

interface Ours extends Case {
  readonly bytes: string | undefined;
  /** It is refused before anything is read. */
  readonly isUnparsable: boolean;
}

async function compareSome(server: OpenBaoServer, cases: readonly GeneratedCase[]): Promise<readonly Comparison[]> {
  const data = `{${cases.map((one, index) => `"d${index}":${one.data}`).join(',')}}`;
  const texts = cases.map(({ body }, index) => `{{ with $d := .Data.d${index} }}${body}{{ end }}`);
  return compareTexts(server, data, texts);
}

/** As many templates as the real agent takes in at once in good time. */
const CALLS_AT_ONCE = 3000;

/** Has calls of functions rendered by both engines, with `$d` for the data. */
export async function compareCalls(
  server: OpenBaoServer,
  data: string,
  calls: readonly string[],
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  for (let at = 0; at < calls.length; at += CALLS_AT_ONCE) {
    const texts = calls.slice(at, at + CALLS_AT_ONCE).map((call) => `{{ $d := .Data }}{{ ${call} }}`);
    comparisons.push(...(await compareTexts(server, data, texts)));
  }
  return comparisons;
}

/** Texts that are put inside the secret. */
async function compareTexts(
  server: OpenBaoServer,
  data: string,
  texts: readonly string[],
): Promise<readonly Comparison[]> {
  await server.api('PUT', PATH, data);
  const body = parseJson(`{"data":${data}}`);
  if (!isValueMap(body)) throw new TypeError('The data is no object');
  const ours = texts.map((text, index) => renderOurs(String(index), text, body));
  const theirs = await renderTheirs(server, ours);
  return ours.map(({ name, bytes }) => ({ ours: bytes, theirs: theirs.get(name)?.toString('latin1') }));
}

function renderOurs(name: string, text: string, body: ValueMap): Ours {
  const whole = `{{ with secret "${PATH}" }}${text}{{ end }}`;
  const source = { text: whole, left: '{{', right: '}}' };
  const inputs = { has: () => true, secret: () => body, env: () => undefined, now: () => new Date(0) };
  try {
    const evaluation = evaluate({ template: parseTemplate(source), functions: FUNCTIONS }, inputs);
    if (!evaluation.ok) throw new Error('It waits for a secret that there is');
    return { name, source, bytes: encodeText(evaluation.text.reveal()).toString('latin1'), isUnparsable: false };
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError || error instanceof TemplateError)) throw error;
    return { name, source, bytes: undefined, isUnparsable: failsToParse(error) };
  }
}

/** The real agent looks at a pattern when it is used; ours, when it is parsed. */
const failsToParse = (error: Error): boolean =>
  error instanceof TemplateSyntaxError && !error.message.includes('regular expression');

/** What cannot be parsed fails at once, and the rest when the secret is there: either once, as the real agent demands. */
async function renderTheirs(server: OpenBaoServer, cases: readonly Ours[]): Promise<AgentRun['files']> {
  let parsable = cases.filter(({ isUnparsable }) => !isUnparsable);
  for (;;) {
    const { exitCode, log, files } = await runBaoAgent(server, parsable, { last: LAST });
    if (exitCode === null) {
      const rest = cases.filter((one) => !parsable.includes(one));
      const { log: unread } = await runBaoAgent(server, rest, { last: FIRST });
      const parsed = rest.filter(({ name }) => !unread.includes(`/${name}.tmpl: parse: `));
      return new Map([...files, ...parsed.map(({ name }) => [name, PARSED] as const)]);
    }
    // It has crashed over one that only we can parse.
    const kept = parsable.filter(({ name }) => !log.includes(`/${name}.tmpl: parse: `));
    if (kept.length === parsable.length) throw new Error(`The real agent has ended: ${log.slice(-2000)}`);
    parsable = kept;
  }
}

/** Stands for the bytes of what ours cannot parse, and the real agent can. */
const PARSED = Buffer.from('it can be parsed');

const markOf = (name: string, text: string): Case => ({ name, source: { text, left: '{{', right: '}}' } });
const LAST = markOf('last', `{{ with secret "${PATH}" }}read{{ end }}`);
const FIRST = markOf('first', 'nothing is read');
