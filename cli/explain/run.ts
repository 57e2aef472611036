import { describeProblems, type Parsed, parsed, rejected } from '#contract/problem.ts';
import { readTree } from '../files.ts';
import { readInputs } from '../input.ts';
import { EXIT, type Exit, type Io } from '../io.ts';
import { readManifests } from '../manifest/manifest.ts';
import { COLOURED, PLAIN, widthOf } from '../text/paint.ts';
import { shellWord } from '../text/shell.ts';
import { visible } from '../text/visible.ts';
import { type ExplainCommand, parseExplain, USAGE } from './command.ts';
import { explain, type ExplainOptions } from './explain.ts';
import { reportJson } from './json.ts';
import { workingManifests } from './manifests-text.ts';
import { INJECTOR_MARK, injectorIn } from './pod/injector.ts';
import { patchLines } from './pod/patch-text.ts';
import { isSound, type Report } from './report.ts';
import { reportText } from './text.ts';

/** `sidekey explain`. */
export async function run(args: readonly string[], io: Io): Promise<Exit> {
  const command = parseExplain(args);
  if (!command.ok) return refuse(io, `${describeProblems(command.problems)}\n\n${USAGE}`);
  if (command.value === 'help') {
    io.print(USAGE);
    return EXIT.done;
  }
  const { files, namespace } = command.value;
  const inputs = readTree(files);
  const injector = readInjector(command.value.injectors);
  if (!inputs.ok || !injector.ok) {
    const problems = [inputs, injector].flatMap((one) => (one.ok ? [] : one.problems));
    return refuse(io, `${describeProblems(problems)}\n`);
  }
  const report = explain(inputs.value, { ...namespace, ...injector.value });
  return printReport(report, command.value, io);
}

function printReport(report: Report, { files, output, colour }: ExplainCommand, io: Io): Exit {
  if (output === 'yaml') return printManifests(workingManifests(report), io);
  if (output === 'patch') return printManifests(patchLines(report), io);
  const colours = (colour === 'auto' ? io.coloured : colour === 'always') ? COLOURED : PLAIN;
  const paint = { ...colours, width: widthOf(io.columns) };
  io.print(output === 'json' ? reportJson(report) : reportText(report, again(files), paint));
  return isSound(report) ? EXIT.done : EXIT.refused;
}

/** The injector whose manifest is named, if one is. */
function readInjector(files: readonly string[]): Parsed<Pick<ExplainOptions, 'injector'>> {
  const inputs = readInputs(files);
  if (!inputs.ok || files.length === 0) return inputs.ok ? parsed({}) : inputs;
  const found = injectorIn(inputs.value.flatMap(({ file, text }) => readManifests(file, text).manifests));
  if (found === undefined)
    return rejected([
      { key: files.join(' '), message: `holds no container with the variable ${INJECTOR_MARK}` },
    ]);
  return found.problems.length > 0 ? rejected(found.problems) : parsed({ injector: found.injector });
}

function refuse(io: Io, text: string): Exit {
  io.tell(text);
  return EXIT.badInput;
}

function printManifests({ text, missing }: ReturnType<typeof workingManifests>, io: Io): Exit {
  io.print(text);
  io.tell(missing.map((one) => `${visible(one)}\n`).join(''));
  return missing.length === 0 ? EXIT.done : EXIT.refused;
}

/** The command that prints the working manifests alone. */
const again = (files: readonly string[]): string =>
  `sidekey explain ${files.map((file) => `-f ${shellWord(file)}`).join(' ')} -o yaml | kubectl apply -f -`;
