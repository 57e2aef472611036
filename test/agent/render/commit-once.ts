import * as nodeFileSystem from 'node:fs/promises';
import { statfsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { commit } from '../../../agent/render/commit.ts';
import { RenderError } from '../../../agent/render/errors.ts';
import type { FileSystem } from '../../../agent/render/file-system.ts';
import { fileIn } from './sets.ts';
import { entriesOf, visibleFiles } from './volume.ts';

/**
 * A process that commits one set and prints what came of it as one line of JSON.
 *
 *     commit-once.ts [--as UID] [--group GID]… [--mode OCTAL] [--trust-space] VOLUME PATH=SIZE…
 *
 * `--as` gives up root for good; `--trust-space` lets every volume claim to be nearly empty.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    as: { type: 'string' },
    group: { type: 'string', multiple: true, default: [] },
    mode: { type: 'string', default: '644' },
    'trust-space': { type: 'boolean', default: false },
  },
});
const [volume = '', ...specs] = positionals;

const trusting: FileSystem = {
  ...nodeFileSystem,
  async statfs(path) {
    const { bsize, blocks, files } = await nodeFileSystem.statfs(path);
    return { bsize, blocks, files, bavail: blocks, ffree: files };
  },
};

if (values.as !== undefined) {
  process.setgroups?.(values.group.map(Number));
  process.setgid?.(Number(values.as));
  process.setuid?.(Number(values.as));
}

const files = specs.map((spec) => {
  const [path = '', size] = spec.split('=');
  return fileIn(volume, path, 'x'.repeat(Number(size)), Number.parseInt(values.mode, 8));
});
const options = values['trust-space'] ? { fileSystem: trusting } : {};
const outcome = await commit(files, options).catch((error: unknown) => {
  if (!(error instanceof RenderError)) throw error;
  return { code: error.code, message: error.message };
});
const sizes = Object.entries(visibleFiles(volume)).map(([path, text]) => `${path}=${text.length}`);
const { bavail, ffree } = statfsSync(volume);
process.stdout.write(
  `${JSON.stringify({ ...outcome, files: sizes, entries: entriesOf(volume), blocks: bavail, inodes: ffree })}\n`,
);
