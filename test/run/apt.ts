import { rm, writeFile } from 'node:fs/promises';
import { execute } from './command.ts';

const TIMEOUT_MS = 10 * 60_000;
/** Debian asks it before it starts a service of a package; 101 means "no" (invoke-rc.d's policy layer). */
const POLICY = '/usr/sbin/policy-rc.d';

async function apt(...args: readonly string[]): Promise<void> {
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  const { code, output } = await execute(['apt-get', ...args], { environment, timeoutMs: TIMEOUT_MS });
  if (code !== 0) throw new Error(`Cannot install packages: apt-get ${args[0] ?? ''} failed\n${output}`);
}

/** @returns What takes the policy away again; another's policy stays as it is. */
async function forbidServices(): Promise<() => Promise<void>> {
  try {
    await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 });
  } catch {
    return () => Promise.resolve();
  }
  return () => rm(POLICY, { force: true });
}

/**
 * Installs Debian packages without starting the services in them.
 *
 * @throws {Error} With apt-get's output if it fails.
 */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const allowServices = await forbidServices();
  try {
    await apt('update', '-qq');
    await apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
  } finally {
    await allowServices();
  }
}
