import { parseConfig } from '#contract/agent-config.ts';
import type { FileSpec, TemplateSource } from '#contract/agent-config.ts';
import { type JsonObject, listIn, textIn } from '#contract/json.ts';
import { CONFIG_VARIABLE } from '#contract/layout.ts';
import type { Reload } from '#contract/reload.ts';
import { describeSource } from '#contract/secret-source.ts';
import { TemplateSyntaxError } from '#contract/template/error.ts';
import { parseTemplate } from '#contract/template/parse.ts';
import { nameRef } from '../../../agent/sync/decide/bound-reference.ts';
import { refsOf } from '../template-refs.ts';

/** A file that containers find. */
export interface InjectedFile {
  /** Absolute. */
  readonly path: string;
  /** The secrets that it is made of, as sources are written; those that a template asks for only if others say so are not among them. */
  readonly sources: readonly string[];
  readonly isTemplate: boolean;
  readonly format?: string;
  /** Who is told of a change. */
  readonly reload?: string;
}

/** The files that the agent of a pod renders: what its own configuration says. */
export function filesOf(agent: JsonObject): readonly InjectedFile[] {
  const variable = listIn(agent, 'env').find(({ name }) => name === CONFIG_VARIABLE) ?? {};
  const config = parseConfig(textIn(variable, 'value'));
  return config.ok ? config.value.config.files.map(fileOf) : [];
}

function fileOf(file: FileSpec): InjectedFile {
  const told = file.reload && { reload: describeReload(file.reload) };
  const place = { path: `${file.volume}/${file.path}`, ...told };
  if ('source' in file)
    return { ...place, isTemplate: false, sources: [describeSource(file.source)], format: file.format };
  // What a template in a file reads is known to nobody before it is there.
  const sources = 'template' in file ? sourcesOf(file.template) : [`the template ${file.templateFile.file}`];
  return { ...place, isTemplate: true, sources };
}

function sourcesOf(template: TemplateSource): readonly string[] {
  try {
    return [...new Set(refsOf(parseTemplate(template)).refs.map(nameRef))];
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return [];
    throw error;
  }
}

/** Without headers and body, which may hold more than is to be shown. */
function describeReload(reload: Reload): string {
  if (reload.kind === 'http') return `${reload.method} ${reload.url}`;
  if (reload.kind === 'command') return reload.words.join(' ');
  const { signal, to } = reload;
  return `${signal} to ${'name' in to ? to.name : to.commandLine}`;
}
