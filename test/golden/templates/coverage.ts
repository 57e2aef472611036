import { parseTemplate } from '#contract/template/parse.ts';
import type { Node, Operand, Pipeline } from '#contract/template/tree.ts';
import { evaluate } from '../../../agent/template/evaluate.ts';
import { FUNCTIONS } from '../../../agent/template/functions/table.ts';
import { parseJson } from '../../../agent/value/json.ts';
import { isValueMap, type ValueMap } from '../../../agent/value/value.ts';
import { type Case, refusedCases, renderedCases } from './corpus.ts';
import { REFUSED, RENDERED } from './file-cases.ts';
import { MATRIX, MATRIX_DATA } from './matrix.ts';

/** How much of a function is compared with the real agent. */
export interface Coverage {
  /** Templates that call it somewhere and are rendered, and such that are refused. */
  readonly rendered: number;
  readonly refused: number;
  /** Of the calls on operands of every kind, those that give a value, and those that are refused. */
  readonly callsRendered: number;
  readonly callsRefused: number;
}

type Counts = ReadonlyMap<string, number>;

/** By the name of the function. */
export function coverageOf(names: readonly string[]): ReadonlyMap<string, Coverage> {
  const rendered = countCalls([...renderedCases, ...casesOf(RENDERED)]);
  const refused = countCalls([...refusedCases, ...casesOf(REFUSED)]);
  const calls = countMatrix();
  const at = (counts: Counts, name: string): number => counts.get(name) ?? 0;
  return new Map(
    names.map((name) => [
      name,
      {
        rendered: at(rendered, name),
        refused: at(refused, name),
        callsRendered: at(calls.given, name),
        callsRefused: at(calls.refused, name),
      },
    ]),
  );
}

function casesOf(texts: Readonly<Record<string, string>>): readonly Case[] {
  return Object.entries(texts).map(([name, text]) => ({ name, source: { text, left: '{{', right: '}}' } }));
}

/** Counts the calls that give a value, and those that are refused; `template-matrix.test.ts` sees that both agents do alike. */
function countMatrix(): { readonly given: Counts; readonly refused: Counts } {
  const body = parseJson(`{"data":${MATRIX_DATA}}`);
  if (!isValueMap(body)) throw new TypeError('The data is no object');
  const { given = [], refused = [] } = Object.groupBy(MATRIX, ({ call }) => (gives(call, body) ? 'given' : 'refused'));
  return { given: tally(given.map(({ name }) => name)), refused: tally(refused.map(({ name }) => name)) };
}

function gives(call: string, body: ValueMap): boolean {
  const text = `{{ with secret "s" }}{{ $d := .Data }}{{ ${call} }}{{ end }}`;
  const inputs = { has: () => true, secret: () => body, env: () => undefined, now: () => new Date(0) };
  try {
    return evaluate({ template: parseTemplate({ text, left: '{{', right: '}}' }), functions: FUNCTIONS }, inputs).ok;
  } catch {
    return false;
  }
}

function countCalls(cases: readonly Case[]): Counts {
  return tally(cases.flatMap(({ source }) => [...namesIn(source)]));
}

function tally(names: readonly string[]): Counts {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function namesIn(source: Case['source']): ReadonlySet<string> {
  try {
    return new Set([...parseTemplate(source).trees.values()].flatMap((nodes) => nodes.flatMap(inNode)));
  } catch {
    // What cannot be parsed says nothing of a function, but for a pattern that is checked there.
    return new Set(/regex\w+/u.exec(source.text) ?? []);
  }
}

function inNode(node: Node): readonly string[] {
  if (!('pipeline' in node)) return [];
  const branches = 'body' in node ? [...node.body, ...(node.otherwise ?? [])] : [];
  return [...(node.pipeline === undefined ? [] : inPipeline(node.pipeline)), ...branches.flatMap(inNode)];
}

function inPipeline({ commands }: Pipeline): readonly string[] {
  return commands.flatMap(({ operand, args }) => [operand, ...args].flatMap(inOperand));
}

function inOperand(operand: Operand): readonly string[] {
  if (operand.kind === 'function') return [operand.name];
  if (operand.kind === 'pipeline') return inPipeline(operand);
  return operand.kind === 'chain' ? inOperand(operand.base) : [];
}
