import type { TemplateSource } from '#contract/agent-config.ts';
import { TemplateSyntaxError } from '#contract/template/error.ts';
import { FUNCTION_FAMILIES } from '#contract/template/functions.ts';
import { parseTemplate } from '#contract/template/parse.ts';
import type { Command, Node, Operand, Pipeline } from '#contract/template/tree.ts';
import type { StoreName } from './injection.ts';

/** One place that a template reads: its parts as they stand there, or undefined for what is computed. */
export interface TemplateRead {
  readonly store: StoreName;
  /** Of Vault the path; of Infisical project, environment and folder. */
  readonly place: readonly (string | undefined)[];
}

/** What a function reads, and how many of its arguments say where. */
interface Reader {
  readonly store: StoreName;
  readonly parts: number;
}

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ...FUNCTION_FAMILIES.secret.map((name): [string, Reader] => [name, { store: 'vault', parts: 1 }]),
  ...FUNCTION_FAMILIES.infisical.map((name): [string, Reader] => [name, { store: 'infisical', parts: 3 }]),
]);

/** Every place that a template reads. One that cannot be parsed reads nothing: it is denied anyway. */
export function templateReads(source: TemplateSource): readonly TemplateRead[] {
  try {
    const { trees } = parseTemplate(source);
    return [...trees.values()].flatMap((nodes) => nodes.flatMap(readsOfNode));
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return [];
    throw error;
  }
}

function readsOfNode(node: Node): readonly TemplateRead[] {
  if (!('pipeline' in node) || node.pipeline === undefined) return [];
  const here = readsOfPipeline(node.pipeline);
  if (!('body' in node)) return here;
  return [...here, ...node.body.flatMap(readsOfNode), ...(node.otherwise ?? []).flatMap(readsOfNode)];
}

function readsOfPipeline({ commands }: Pipeline): readonly TemplateRead[] {
  return commands.flatMap((command, index) => {
    const piped = commands[index - 1];
    const nested = [command.operand, ...command.args].flatMap(readsOfOperand);
    return [...nested, ...readsOfCommand(command, index === 0 ? [] : [piped && literalOfCommand(piped)])];
  });
}

function readsOfOperand(operand: Operand): readonly TemplateRead[] {
  if (operand.kind === 'pipeline') return readsOfPipeline(operand);
  return operand.kind === 'chain' ? readsOfOperand(operand.base) : [];
}

/** What is piped into a command is its last argument. A name that is handed to another function may be called with anything. */
function readsOfCommand(
  { operand, args }: Command,
  piped: readonly (string | undefined)[],
): readonly TemplateRead[] {
  const handed = args.flatMap((argument) => readsOfFunction(argument, []));
  return [...readsOfFunction(operand, [...args.map(literalOf), ...piped]), ...handed];
}

function readsOfFunction(operand: Operand, args: readonly (string | undefined)[]): readonly TemplateRead[] {
  if (operand.kind !== 'function') return [];
  const reader = READERS.get(operand.name);
  if (reader === undefined) return [];
  return [{ store: reader.store, place: Array.from({ length: reader.parts }, (_, index) => args[index]) }];
}

/** The text that stands there, whatever parentheses are around it. */
function literalOf(operand: Operand): string | undefined {
  if (operand.kind === 'string') return operand.value;
  if (operand.kind !== 'pipeline') return undefined;
  const [only, ...others] = operand.commands;
  return only === undefined || others.length > 0 ? undefined : literalOfCommand(only);
}

const literalOfCommand = ({ operand, args }: Command): string | undefined =>
  args.length === 0 ? literalOf(operand) : undefined;
