import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { imageNode } from '../servers/base-image.ts';

const run = promisify(execFile);

/** A Node to measure. */
export interface NodeProgram {
  readonly version: string;
  readonly file: string;
}

/** @param name `image` for the image's Node, `development` for the one that runs this, else the path of a program. */
export async function findNode(name: string): Promise<NodeProgram> {
  const file = name === 'image' ? await imageNode() : name === 'development' ? process.execPath : name;
  const { stdout } = await run(file, ['--version']);
  return { version: stdout.trim().slice(1), file };
}
