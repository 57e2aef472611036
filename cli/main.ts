import { readFileSync } from 'node:fs';
import { describeProblems } from '#contract/problem.ts';
import { faultCode } from '#platform/connection-fault.ts';
import { type Command, parseCommand, USAGE } from './command.ts';
import { explain, type Input } from './explain/explain.ts';
import { reportJson } from './explain/json.ts';
import { workingManifests } from './explain/manifests-text.ts';
import { COLOURED, PLAIN } from './explain/paint.ts';
import { isSound } from './explain/report.ts';
import { reportText } from './explain/text.ts';

const REFUSED = 1;
const BAD_USAGE = 2;

function main(args: readonly string[]): number {
  const command = parseCommand(args);
  if (!command.ok) return fail(`${describeProblems(command.problems)}\n\n${USAGE}`);
  if (command.value.name === 'explain') return runExplain(command.value);
  process.stdout.write(USAGE);
  return 0;
}

function fail(text: string): number {
  process.stderr.write(text);
  return BAD_USAGE;
}

function runExplain({ files, namespace, output }: Extract<Command, { name: 'explain' }>): number {
  const inputs: Input[] = [];
  for (const file of files) {
    try {
      inputs.push({
        file: file === '-' ? 'stdin' : file,
        text: readFileSync(file === '-' ? 0 : file, 'utf8'),
      });
    } catch (error) {
      return fail(`Cannot read ${file}: ${faultCode(error)}\n`);
    }
  }
  const report = explain(inputs, namespace);
  if (output === 'yaml') return printManifests(workingManifests(report));
  const text = output === 'json' ? reportJson(report) : reportText(report, again(files), paint());
  process.stdout.write(text);
  return isSound(report) ? 0 : REFUSED;
}

function printManifests({ text, missing }: ReturnType<typeof workingManifests>): number {
  process.stdout.write(text);
  process.stderr.write(missing.map((one) => `${one}\n`).join(''));
  return missing.length === 0 ? 0 : REFUSED;
}

/** The command that prints the working manifests alone. */
const again = (files: readonly string[]): string =>
  `sidekey explain ${files.map((file) => `-f ${quoted(file)}`).join(' ')} -o yaml | kubectl apply -f -`;

/** As a shell takes it. */
const quoted = (word: string): string =>
  /^[\w./:@%+=,-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

function paint(): typeof PLAIN {
  const { NO_COLOR: noColour = '', TERM: terminal } = process.env;
  return process.stdout.isTTY && noColour === '' && terminal !== 'dumb' ? COLOURED : PLAIN;
}

// Whoever reads may have seen enough, as `head` has.
process.stdout.on('error', () => undefined);
process.exitCode = main(process.argv.slice(2));
