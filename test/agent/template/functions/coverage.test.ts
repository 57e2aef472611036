import { describe, expect, test } from 'vitest';
import { FUNCTION_FAMILIES } from '#contract/template/functions.ts';
import { parseTemplate } from '#contract/template/parse.ts';
import type { Node, Operand, Pipeline } from '#contract/template/tree.ts';
import { refusedCases, renderedCases, type Case } from '../../../golden/templates/corpus.ts';
import { REFUSED, RENDERED } from '../../../golden/templates/file-cases.ts';
import { rendered } from '../rendering.ts';

/** A function counts as compared with the real agent if two templates of the corpus call it, whatever comes of it. */
const callers = count([...renderedCases, ...refusedCases, ...fileCases()]);

/** Functions of another store, which Vault Agent does not have. */
const OURS: ReadonlySet<string> = new Set(FUNCTION_FAMILIES.infisical);

describe('every function is called by two templates that the real agent renders or refuses', () => {
  test.each(Object.entries(FUNCTION_FAMILIES))('%s', (_family, names) => {
    const few = names.filter((name) => !OURS.has(name) && (callers.get(name) ?? 0) < 2);
    expect(few).toEqual([]);
  });
});

test('what a template changes of a secret is its own, unlike in Vault Agent, where the next template sees it', () => {
  const secrets = { s: '{"data":{"m":{"a":1}}}' };
  const change =
    '{{ with secret "s" }}{{ scratch.Set "m" .Data.m }}{{ scratch.MapSet "m" "b" 2 }}{{ .Data.m }}{{ end }}';
  expect(rendered(change, { secrets })).toBe('map[a:1 b:2]');
  expect(rendered('{{ with secret "s" }}{{ .Data.m }}{{ end }}', { secrets })).toBe('map[a:1]');
});

/** Those that are compared as they run. */
function fileCases(): readonly Case[] {
  const texts = [...Object.entries(RENDERED), ...Object.entries(REFUSED)];
  return texts.map(([name, text]) => ({ name, source: { text, left: '{{', right: '}}' } }));
}

function count(cases: readonly Case[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of cases.flatMap(({ source }) => [...namesIn(source)])) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
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
