import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { readTenancy } from '../../../cli/tenant/read.ts';
import type { Tenancy } from '../../../governance/tenant/platform.ts';
import { renderTenants } from '../../../governance/tenant/render.ts';
import { readRendered, remarksText } from '../../golden/tenant-cases.ts';

const run = promisify(execFile);

/** What a golden case declares. */
export function declared(name: string): Tenancy {
  const parsed = readRendered(name);
  if (!parsed.ok) throw new Error(remarksText(parsed));
  return parsed.value;
}

/** What a text declares. */
export function declaredBy(text: string): Tenancy {
  const parsed = readTenancy([{ file: 'tenant.yaml', text }]);
  if (!parsed.ok) throw new Error(remarksText(parsed));
  return parsed.value;
}

/** What was rendered, in a directory of its own. */
export interface Rendered extends AsyncDisposable {
  readonly directory: string;
  /**
   * Runs one of the scripts with nothing in its environment but a path and this.
   *
   * @throws {Error} With what it printed, if it failed.
   */
  run(script: string, environment: Readonly<Record<string, string>>): Promise<string>;
}

/** Writes the files of tenants. */
export async function render(tenancy: Tenancy): Promise<Rendered> {
  const directory = await mkdtemp(join(tmpdir(), 'sidekey tenants-'));
  for (const { path, text } of renderTenants(tenancy)) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return {
    directory,
    async run(script, environment) {
      const { stdout } = await run('sh', [join(directory, script)], {
        env: { PATH: process.env['PATH'], HOME: directory, ...environment },
      });
      return stdout;
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
