import { describeProblems } from '#contract/problem.ts';
import { readInputs } from '../input.ts';
import { EXIT, type Exit, type Io } from '../io.ts';
import { COLOURED, PLAIN } from '../text/paint.ts';
import { shellWord } from '../text/shell.ts';
import { parseExplain, USAGE } from './command.ts';
import { explain } from './explain.ts';
import { reportJson } from './json.ts';
import { workingManifests } from './manifests-text.ts';
import { isSound } from './report.ts';
import { reportText } from './text.ts';

/** `sidekey explain`. */
export async function run(args: readonly string[], io: Io): Promise<Exit> {
  const command = parseExplain(args);
  if (!command.ok) return refuse(io, `${describeProblems(command.problems)}\n\n${USAGE}`);
  if (command.value === 'help') {
    io.print(USAGE);
    return EXIT.done;
  }
  const { files, namespace, output } = command.value;
  const inputs = readInputs(files);
  if (!inputs.ok) return refuse(io, `${describeProblems(inputs.problems)}\n`);
  const report = explain(inputs.value, namespace);
  if (output === 'yaml') return printManifests(workingManifests(report), io);
  const paint = io.coloured ? COLOURED : PLAIN;
  io.print(output === 'json' ? reportJson(report) : reportText(report, again(files), paint));
  return isSound(report) ? EXIT.done : EXIT.refused;
}

function refuse(io: Io, text: string): Exit {
  io.tell(text);
  return EXIT.badInput;
}

function printManifests({ text, missing }: ReturnType<typeof workingManifests>, io: Io): Exit {
  io.print(text);
  io.tell(missing.map((one) => `${one}\n`).join(''));
  return missing.length === 0 ? EXIT.done : EXIT.refused;
}

/** The command that prints the working manifests alone. */
const again = (files: readonly string[]): string =>
  `sidekey explain ${files.map((file) => `-f ${shellWord(file)}`).join(' ')} -o yaml | kubectl apply -f -`;
