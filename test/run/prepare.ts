import { delimiter } from 'node:path';
import { installPackages } from './apt.ts';
import { goDirectory } from './go.ts';
import { instructions, missing, REQUIREMENTS, SEARCH_PATH } from './machine.ts';

/** What a machine that cannot be made ready lacks, for a person to read. */
export class NotReady extends Error {
  override readonly name = 'NotReady';
}

async function hasApt(): Promise<boolean> {
  return (await missing([{ anyOf: ['apt-get'], package: 'apt' }])).length === 0;
}

async function installMissing(): Promise<string> {
  const lacking = await missing(REQUIREMENTS);
  if (lacking.length === 0) return 'nothing to install';
  if (!(await hasApt())) throw new NotReady(instructions(lacking));
  const packages = [...new Set(lacking.map((requirement) => requirement.package))];
  await installPackages(packages);
  const still = await missing(lacking);
  if (still.length > 0) throw new NotReady(instructions(still));
  return `installed ${packages.join(' ')}`;
}

/**
 * Installs what the tests need on this machine.
 *
 * @returns What was done, and the PATH for everything that is started from now on.
 * @throws {NotReady} If this is no Linux, the user is not root, or packages are missing and there is no apt-get.
 */
export async function prepareMachine(): Promise<{ readonly path: string; readonly done: string }> {
  if (process.platform !== 'linux') {
    throw new NotReady(
      'Cannot run the tests here: they need Linux. "npm run check" and "npm run demo" run anywhere.',
    );
  }
  if (process.getuid?.() !== 0) {
    const lacking = await missing(REQUIREMENTS);
    const rest = lacking.length === 0 ? '' : `\n${instructions(lacking)}`;
    throw new NotReady(`Cannot run the tests as this user: the cluster's node needs root.${rest}`);
  }
  const done = await installMissing();
  const go = await goDirectory();
  const path = [...(go === undefined ? [] : [go]), ...SEARCH_PATH].join(delimiter);
  return { path, done: go === undefined ? done : `${done}, Go in ${go}` };
}
