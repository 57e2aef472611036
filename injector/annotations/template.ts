import type { FileContent, TemplateSource } from '#contract/agent-config.ts';
import { TemplateSyntaxError } from '#contract/template/error.ts';
import { FUNCTION_FAMILIES } from '#contract/template/functions.ts';
import { parseTemplate } from '#contract/template/parse.ts';
import type { Findings } from './findings.ts';
import type { StoreName } from './injection.ts';

/** What is in a file, and the stores that it is read from. */
export type ReadContent = FileContent & { readonly needs: readonly StoreName[] };

/** The functions by which a template reads a store. */
const READING: readonly (readonly [StoreName, readonly string[]])[] = [
  ['vault', FUNCTION_FAMILIES.secret],
  ['infisical', FUNCTION_FAMILIES.infisical],
];

/** Reads the template of a key. One that cannot be parsed is a problem, and needs nothing. */
export function readTemplate(findings: Findings, key: string, template: TemplateSource): ReadContent {
  try {
    const { functions } = parseTemplate(template);
    const read = READING.filter(([, names]) => names.some((name) => functions.has(name)));
    return { template, needs: read.map(([store]) => store) };
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    findings.deny(key, shortened(error.message));
    return { template, needs: [] };
  }
}

const MESSAGE_CHARACTERS = 240;

/** A syntax error quotes the place where it stopped, which may be as long as the template. */
function shortened(message: string): string {
  const line = message.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  return line.length > MESSAGE_CHARACTERS ? `${line.slice(0, MESSAGE_CHARACTERS)}…` : line;
}
