import { describeProblems, type Problem } from '#contract/problem.ts';
import { type Remark } from '../../governance/tenant/declaration.ts';
import type { Tenancy } from '../../governance/tenant/platform.ts';
import { readTree } from '../files.ts';
import { EXIT, type Exit, type Io } from '../io.ts';
import { wrapped } from '../text/layout.ts';
import { readTenancy } from './read.ts';

/** Says why a command was not carried out. */
export function refuse(io: Io, problems: readonly Problem[], usage = ''): Exit {
  io.tell(`${describeProblems(problems)}\n${usage === '' ? '' : `\n${usage}`}`);
  return EXIT.badInput;
}

/** What files and directories declare; if anything is wrong with them, all of it is told. */
export function tenancyOf(files: readonly string[], io: Io): Tenancy | undefined {
  const inputs = readTree(files);
  if (!inputs.ok) {
    refuse(io, inputs.problems);
    return undefined;
  }
  const read = readTenancy(inputs.value);
  io.tell(read.notes.map((one) => remarkText(one, 'note ')).join(''));
  if (read.ok) return read.value;
  io.tell(read.problems.map((one) => remarkText(one)).join(''));
  return undefined;
}

function remarkText({ place, subject, message }: Remark, kind = ''): string {
  const { file, line, column } = place;
  return `${file}:${line}:${column}  ${kind}${subject}\n${wrapped(message, '      ')}`;
}
