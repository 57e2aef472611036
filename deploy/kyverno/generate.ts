import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderPolicies, type RenderOptions } from '../../governance/policy/render.ts';
import { DEFAULT_SETTINGS } from '../../governance/policy/settings.ts';
import { yamlDocuments } from '../../governance/yaml.ts';

const FOLDERS: Readonly<Record<string, RenderOptions>> = {
  'validating-admission-policies': { engine: 'vap', action: 'deny' },
  reports: { engine: 'kyverno', action: 'audit' },
};

const NOTE = '# Made by `node deploy/kyverno/generate.ts` from governance/policy.\n';

/** The policies with the settings that hold unless a platform declares others, by file below this folder. Deterministic. */
export function policyFiles(): Readonly<Record<string, string>> {
  const files = Object.entries(FOLDERS).flatMap(([folder, options]) =>
    renderPolicies(DEFAULT_SETTINGS, options).map(({ path, objects }): [string, string] => [
      `${folder}/${path}`,
      NOTE + yamlDocuments(objects),
    ]),
  );
  return Object.fromEntries(files);
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(policyFiles())) {
    const file = fileURLToPath(new URL(name, import.meta.url));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
