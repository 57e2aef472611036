import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execute } from '../run/command.ts';
import { copyProgram, importRoot, makeBaseImage, makeRoot } from './base-image.ts';
import type { Docker } from './docker.ts';
import { findOpenBao } from './openbao-binary.ts';

/**
 * Builds one of our images from its Dockerfile and the bundle in `dist/`, on the local base image and without network.
 *
 * @returns Its tag.
 * @throws {Error} With docker's output if it does not build.
 */
export async function buildImage(docker: Docker, name: 'agent' | 'injector'): Promise<string> {
  const base = await makeBaseImage(docker);
  const tag = `localhost/sidekey-${name}:test`;
  const source = ['--file', `Dockerfile.${name}`, '--build-arg', `BASE=${base}`];
  await docker.docker('build', '--quiet', '--network', 'none', ...source, '--tag', tag, '.');
  return tag;
}

/** OpenBao as an image whose arguments are those of `bao`, as the official one's are. */
export async function makeOpenBaoImage(docker: Docker): Promise<string> {
  const [program] = (await findOpenBao()).command('/', 0, []);
  return makeProgramImage(docker, { name: 'openbao', program, directories: ['/openbao'] });
}

/** Debian's Prometheus as an image whose arguments are those of `prometheus`, as the official one's are. */
export async function makePrometheusImage(docker: Docker): Promise<string> {
  return makeProgramImage(docker, {
    name: 'prometheus',
    program: 'prometheus',
    directories: ['/prometheus'],
  });
}

interface ProgramImage {
  readonly name: string;
  readonly program: string;
  /** Directories that the program may write to, whoever it runs as. */
  readonly directories: readonly string[];
}

async function makeProgramImage(
  docker: Docker,
  { name, program, directories }: ProgramImage,
): Promise<string> {
  const tag = `localhost/sidekey-${name}:test`;
  const { output } = await execute(['which', program]);
  const root = await makeRoot();
  await copyProgram(output.trim(), root, `/bin/${name}`);
  for (const directory of directories) {
    await mkdir(join(root, directory));
    await chmod(join(root, directory), 0o1777);
  }
  await importRoot(docker, root, tag, 'USER 65532', `ENTRYPOINT ["/bin/${name}"]`);
  return tag;
}
