import { type AgentConfig, type FileSpec, serialiseConfig } from '#contract/agent-config.ts';
import {
  ADMIN_ADDRESS,
  ADMIN_PORT,
  CONFIG_LIMIT_BYTES,
  STATE_DIRECTORY,
  TERMINATION_LOG,
} from '#contract/layout.ts';
import { type Parsed, parsed, rejected } from '#contract/problem.ts';
import { describeSource } from '#contract/secret-source.ts';
import type { InjectedFile, Injection } from '../annotations/injection.ts';
import { suspendFile } from './suspension.ts';

/** The agent's configuration in the form that travels in the environment, or why it is too large to. */
export function encodeConfig(injection: Injection): Parsed<string> {
  const encoded = serialiseConfig(agentConfig(injection));
  if (encoded.length <= CONFIG_LIMIT_BYTES) return parsed(encoded);
  const key = largestFile(injection.files)?.key ?? 'annotations';
  const message = `is the largest part of a configuration of ${encoded.length} bytes; expected at most ${CONFIG_LIMIT_BYTES} in all`;
  return rejected([{ key, message }]);
}

function agentConfig(injection: Injection): AgentConfig {
  const { vault, infisical, files, pollMs, startDeadlineMs, revokeOnShutdown, onOutage } = injection;
  const { backoff, replaceAfter, endsOnLoginFault } = injection;
  return {
    version: 1,
    ...(vault && { vault }),
    ...(infisical && { infisical }),
    files: files.map(agentFile),
    pollMs,
    startDeadlineMs,
    revokeOnShutdown,
    ...(onOutage && { onOutage }),
    ...(backoff && { backoff }),
    ...(replaceAfter === undefined ? {} : { replaceAfter }),
    ...(endsOnLoginFault && { endsOnLoginFault }),
    ...suspendFile(injection),
    stateDirectory: STATE_DIRECTORY,
    adminAddress: ADMIN_ADDRESS,
    adminPort: ADMIN_PORT,
    terminationLog: TERMINATION_LOG,
  };
}

/** What the agent needs to know of a file. */
function agentFile(file: InjectedFile): FileSpec {
  const { name, volume, path, mode, write, reload, pollMs } = file;
  const polling = pollMs === undefined ? {} : { pollMs };
  const target = { name, volume, path, mode, ...(write && { write }), ...(reload && { reload }), ...polling };
  if ('source' in file) return { ...target, source: file.source, format: file.format };
  return 'template' in file
    ? { ...target, template: file.template }
    : { ...target, templateFile: file.templateFile };
}

function largestFile(files: readonly InjectedFile[]): InjectedFile | undefined {
  return files.toSorted((a, b) => size(b) - size(a))[0];
}

function size(file: InjectedFile): number {
  if ('source' in file) return Buffer.byteLength(describeSource(file.source));
  return Buffer.byteLength('template' in file ? file.template.text : file.templateFile.file);
}
