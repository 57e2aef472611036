import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseConfig, type VaultStore } from '#contract/agent-config.ts';
import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';

type Texts = Readonly<Record<string, string>>;
/** What Secrets hold, by their names. */
export type Secrets = Readonly<Record<string, Texts>>;

/** What the kubelet makes of a volume: the keys of its Secrets as files, under the names that are asked for. */
function filesIn(volume: JsonObject, secrets: Secrets): Texts {
  const whole = secrets[textIn(objectIn(volume, 'secret'), 'secretName')] ?? {};
  const projected = listIn(objectIn(volume, 'projected'), 'sources').flatMap((source) => {
    const secret = objectIn(source, 'secret');
    const held = secrets[textIn(secret, 'name')] ?? {};
    return listIn(secret, 'items').map((item) => [textIn(item, 'path'), held[textIn(item, 'key')] ?? '']);
  });
  return { ...whole, ...(Object.fromEntries(projected) as Texts) };
}

/** Mounts the volumes of an injected agent below a directory; gives its Vault, with the files where they are now. */
export async function mountAll(pod: JsonObject, directory: string, secrets: Secrets): Promise<VaultStore> {
  const spec = objectIn(pod, 'spec');
  const [agent = {}] = listIn(spec, 'initContainers');
  const config = listIn(agent, 'env').find((one) => one['name'] === 'SIDEKEY_CONFIG');
  const read = parseConfig(textIn(config ?? {}, 'value'));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  let text = JSON.stringify(read.value.config.vault);
  for (const { name, mountPath } of listIn(agent, 'volumeMounts') as unknown as Record<
    'name' | 'mountPath',
    string
  >[]) {
    const volume = listIn(spec, 'volumes').find((one) => one['name'] === name) ?? {};
    const files = Object.entries(filesIn(volume, secrets));
    if (files.length === 0) continue;
    await mkdir(join(directory, name));
    for (const [file, content] of files) await writeFile(join(directory, name, file), content);
    text = text.replaceAll(mountPath, join(directory, name));
  }
  return JSON.parse(text) as VaultStore;
}
