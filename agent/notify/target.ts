import { createHash } from 'node:crypto';
import type { FileSpec } from '#contract/agent-config.ts';
import type { ProcessPattern, Reload, ReloadCall } from '#contract/reload.ts';
import type { Watch } from '../schedule/state.ts';
import type { Secret } from '../secret.ts';

/** Says whose business the changes of a file are that holds this now, if they are anybody's. */
export function watchOf(reload: Reload | undefined, content: Secret<string>): { readonly watch?: Watch } {
  if (!reload) return {};
  const { kind, deadlineMs } = reload;
  return { watch: { target: targetOf(reload), kind, deadlineMs, mark: digest(content.reveal()) } };
}

/** Tells apart what stands in the files whose changes somebody is told of, by their names. */
export function standingMarks(
  files: readonly FileSpec[],
  contents: ReadonlyMap<string, Secret<string>>,
): ReadonlyMap<string, string> {
  return new Map(
    files.flatMap(({ name, reload }): [string, string][] => {
      const content = contents.get(name);
      return reload && content ? [[name, digest(content.reveal())]] : [];
    }),
  );
}

/** Names a target for people, and no two alike: files that are to be told in the same way have one target. */
export function targetOf(reload: Reload): string {
  const mark = digest(JSON.stringify({ ...reload, deadlineMs: undefined }));
  return `${describeCall(reload)} (${mark.slice(0, MARK_CHARACTERS)})`;
}

const MARK_CHARACTERS = 8;

/** What is done, for people to read. */
export function describeCall(call: ReloadCall): string {
  switch (call.kind) {
    case 'http':
      return `${call.method} ${withoutQuery(call.url)}`;
    case 'signal':
      return `${call.signal} to ${describeProcess(call.to)}`;
    case 'command':
      return `command ${call.words[0] ?? ''}`;
  }
}

const describeProcess = (pattern: ProcessPattern): string =>
  'name' in pattern ? `"${pattern.name}"` : `"${pattern.commandLine}"`;

const withoutQuery = (url: string): string => url.replace(/\?.*$/su, '');

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
