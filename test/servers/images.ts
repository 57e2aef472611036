import { makeBaseImage } from './base-image.ts';
import type { Docker } from './docker.ts';

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
