import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Whatever goes into a bundle. */
const SOURCES = ['agent', 'injector', 'contract', 'platform', 'rolldown.config.ts', 'package-lock.json'];
const BUNDLES = ['dist/agent-main.cjs', 'dist/injector.cjs'];

const AGENT_BUNDLE = join(ROOT, 'dist/agent.cjs');
export const INJECTOR_BUNDLE = join(ROOT, 'dist/injector.cjs');

/** Builds `dist/` if it is missing or older than a source. Returns whether it did. */
export async function ensureBundles(): Promise<boolean> {
  const built = Math.min(...(await Promise.all(BUNDLES.map((path) => modified(join(ROOT, path))))));
  const changed = Math.max(...(await Promise.all(SOURCES.map((path) => newest(join(ROOT, path))))));
  if (built > changed) return false;
  const [{ build }, { default: bundles }] = await Promise.all([
    import('rolldown'),
    import('../../rolldown.config.ts'),
  ]);
  for (const options of [bundles].flat()) await build({ ...options, logLevel: 'silent' });
  return true;
}

/** The agent's command, its program, and the parts of that which it reads when they are called for. */
export async function agentFiles(): Promise<readonly string[]> {
  const names = await readdir(dirname(AGENT_BUNDLE));
  return names
    .filter((name) => /^agent.*\.cjs$/u.test(name))
    .map((name) => join(dirname(AGENT_BUNDLE), name));
}

/**
 * The command line of an image.
 *
 * @throws {Error} If its Dockerfile has no ENTRYPOINT in its JSON form.
 */
export async function entrypointOf(image: Image): Promise<readonly string[]> {
  const dockerfile = await dockerfileOf(image);
  const [, json] = /^ENTRYPOINT (\[.*\])$/mu.exec(dockerfile) ?? [];
  if (json === undefined) throw new Error(`Cannot read Dockerfile.${image}: it has no ENTRYPOINT [...]`);
  return JSON.parse(json) as string[];
}

type Image = 'agent' | 'injector';

const dockerfileOf = (image: Image): Promise<string> => readFile(join(ROOT, `Dockerfile.${image}`), 'utf8');

/** The environment of an image. */
export async function environmentOf(image: Image): Promise<Readonly<Record<string, string>>> {
  const lines = (await dockerfileOf(image)).matchAll(/^ENV (.*)$/gmu);
  const words = [...lines].flatMap(([, assignments = '']) => assignments.split(' '));
  return Object.fromEntries(
    words.map((word) => word.split('=', 2)).map(([name = '', value = '']) => [name, value]),
  );
}

/** Milliseconds since the epoch; 0 if there is no such file. */
async function modified(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

async function newest(path: string): Promise<number> {
  if (!(await stat(path)).isDirectory()) return modified(path);
  const entries = await readdir(path, { recursive: true });
  return Math.max(...(await Promise.all(entries.map((entry) => modified(join(path, entry))))));
}
