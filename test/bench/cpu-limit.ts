import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A control group whose processes get a share of one CPU, as the kubelet makes for a container with a CPU limit. */
export interface CpuLimit extends AsyncDisposable {
  /** To be put before a command line. */
  readonly wrapper: readonly string[];
}

const PERIOD_US = 100_000;
const NAME = `sidekey-bench-${process.pid}`;

/** Version 1 has one tree per controller; version 2 has the controller in the groups that its parent lists. */
const KINDS = [
  { parent: '/sys/fs/cgroup/cpu', file: 'cpu.cfs_quota_us', value: (quotaUs: number) => `${quotaUs}` },
  { parent: '/sys/fs/cgroup', file: 'cpu.max', value: (quotaUs: number) => `${quotaUs} ${PERIOD_US}` },
] as const;

/** Undefined where no control group can be made, which takes root and the CPU controller. */
export async function limitCpu(millicores: number): Promise<CpuLimit | undefined> {
  for (const { parent, file, value } of KINDS) {
    const group = join(parent, NAME);
    try {
      await mkdir(group);
      // Opened rather than created: where the controller is not at hand there is no such file.
      await writeFile(join(group, file), value((millicores / 1000) * PERIOD_US), { flag: 'r+' });
    } catch {
      await rmdir(group).catch(() => undefined);
      continue;
    }
    return {
      wrapper: ['sh', '-c', `echo $$ > ${group}/cgroup.procs && exec "$@"`, 'sh'],
      [Symbol.asyncDispose]: () => removeGroup(group),
    };
  }
  return undefined;
}

/** Its processes have ended, but the kernel may still be putting the last one away. */
async function removeGroup(group: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const left = await readFile(join(group, 'cgroup.procs'), 'utf8');
    if (left === '') return rmdir(group);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Cannot remove ${group}: it still has processes`);
}
