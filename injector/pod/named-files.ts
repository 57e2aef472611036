import type { VaultStore } from '#contract/agent-config.ts';
import type { Wish } from '../annotations/agent-wishes.ts';
import type { Injection } from '../annotations/injection.ts';

/** The files of the agent's container that annotations name, and that it has a use for. */
export function namedFiles({ vault, files, agentFiles }: Injection): readonly Wish<string>[] {
  const used = vault === undefined ? [] : pathsOf(vault);
  const templates = files.flatMap((file) =>
    'templateFile' in file && file.templateFile.file !== ''
      ? [{ key: file.key, value: file.templateFile.file }]
      : [],
  );
  return [...agentFiles.filter(({ value }) => used.includes(value)), ...templates];
}

/** Every file that the agent is to log in with, to trust or to show. */
function pathsOf({ auth, caFile, clientCertificate }: VaultStore): readonly string[] {
  const all = Object.entries({ ...auth, ...clientCertificate, caFile });
  return all.flatMap(([field, path]) => (field.endsWith('File') && typeof path === 'string' ? [path] : []));
}
