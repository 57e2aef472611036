import { DROP_IN_DIRECTORY, NATIVE_DIRECTORY, VOLUME } from '#contract/layout.ts';
import { DROP_IN_FILE_KEY, readDropInFiles } from './drop-in-files.ts';
import { dropIn, native } from './families.ts';
import type { Findings } from './findings.ts';
import type { Directory, InjectedFile } from './injection.ts';
import { NATIVE_FILE_KEY, readNativeFiles } from './native-files.ts';
import { parseDirectory } from './values.ts';

/** The files of each family. */
export interface Files {
  readonly dropIn: readonly InjectedFile[];
  readonly native: readonly InjectedFile[];
  /** Those that there are files for; that of the drop-in family if there is no file at all. */
  readonly directories: readonly Directory[];
}

/** Reads the files of both families, of which there has to be one. */
export function readFiles(findings: Findings, asksNatively: boolean): Files {
  const theirs = directory(findings, VOLUME.secrets, dropIn('secret-volume-path'), DROP_IN_DIRECTORY);
  const ours = directory(findings, VOLUME.files, native('path'), NATIVE_DIRECTORY);
  const dropInFiles = readDropInFiles(findings, theirs.path);
  const nativeFiles = withUniqueNames(readNativeFiles(findings, ours.path), dropInFiles);
  if (dropInFiles.length + nativeFiles.length === 0)
    findings.deny(
      asksNatively ? NATIVE_FILE_KEY : DROP_IN_FILE_KEY,
      'is missing; expected at least one secret or template',
    );
  const hasTheirs = dropInFiles.length > 0 || nativeFiles.length === 0;
  const directories = [...(hasTheirs ? [theirs] : []), ...(nativeFiles.length > 0 ? [ours] : [])];
  return { dropIn: dropInFiles, native: nativeFiles, directories };
}

function directory(
  findings: Findings,
  volume: Directory['volume'],
  key: string,
  fallback: string,
): Directory {
  return { volume, path: findings.read(key, parseDirectory, fallback), key };
}

/** A name stands for one file in metrics and messages, so what both families call alike is called by its whole path. */
function withUniqueNames(
  files: readonly InjectedFile[],
  others: readonly InjectedFile[],
): readonly InjectedFile[] {
  const taken = new Set(others.map(({ name }) => name));
  return files.map((file) =>
    taken.has(file.name) ? { ...file, name: `${file.volume}/${file.path}` } : file,
  );
}
