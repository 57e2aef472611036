import { type DropInDirectories, dropInDirectories, nativePath, placeNativeFiles } from './directories.ts';
import { DROP_IN_FILE_KEY, dropInFileNames, readDropInFiles } from './drop-in-files.ts';
import type { Findings } from './findings.ts';
import type { Directory, InjectedFile } from './injection.ts';
import { NATIVE_FILE_KEY, readNativeFiles } from './native-files.ts';

/** The files of each family. */
export interface Files {
  readonly dropIn: readonly InjectedFile[];
  readonly native: readonly InjectedFile[];
  /** Those that there are files for; that of the drop-in family if there is no file at all. */
  readonly directories: readonly Directory[];
}

/** Reads the files of both families, of which there has to be one. */
export function readFiles(findings: Findings, asksNatively: boolean): Files {
  const theirs = dropInDirectories(findings, dropInFileNames(findings));
  const dropIn = readDropInFiles(findings, (name) => theirs.placeOf(name));
  const ours = placeNativeFiles(findings, readNativeFiles(findings, nativePath(findings)));
  const native = withUniqueNames(ours.files, dropIn);
  if (dropIn.length + native.length === 0)
    findings.deny(
      asksNatively ? NATIVE_FILE_KEY : DROP_IN_FILE_KEY,
      'is missing; expected at least one secret or template',
    );
  const directories = [
    ...inUse(theirs, dropIn, native.length === 0),
    ...(native.length > 0 ? ours.directories : []),
  ];
  return { dropIn, native, directories };
}

/** The directories that a file is in; the usual one also if nothing else is there. */
function inUse(
  { all, placeOf }: DropInDirectories,
  files: readonly InjectedFile[],
  isAlone: boolean,
): readonly Directory[] {
  const used = new Set(files.map(({ volume }) => volume));
  const isUsual = (path: string): boolean => files.length === 0 && isAlone && path === placeOf('').volume;
  return all.filter(({ agentPath }) => used.has(agentPath) || isUsual(agentPath));
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
