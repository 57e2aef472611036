import { describeProblems, type Problem } from '#contract/problem.ts';
import { createAudit } from '../../governance/audit/audit.ts';
import { createCsv } from '../../governance/audit/format/csv.ts';
import type { Format } from '../../governance/audit/format/format.ts';
import { JSON_LINES } from '../../governance/audit/format/jsonl.ts';
import { createMarkdown, type MarkdownOptions } from '../../governance/audit/format/markdown.ts';
import { shownTime } from '../../governance/audit/line.ts';
import { unknownSections } from '../../governance/audit/missing.ts';
import { SECTION_NAMES, type Section } from '../../governance/audit/row.ts';
import type { Window } from '../../governance/audit/scope.ts';
import { EXIT, type Exit, type Io } from '../io.ts';
import { parseReport, type ReportCommand, USAGE } from './command.ts';
import { type Inputs, openInputs } from './inputs.ts';
import { readLines, type TakeLine } from './lines.ts';

/** `sidekey audit`. */
export async function run(args: readonly string[], io: Io): Promise<Exit> {
  const command = parseReport(args);
  if (!command.ok) return refuse(io, `${describeProblems(command.problems)}\n\n${USAGE}`);
  if (command.value === 'help') {
    io.print(USAGE);
    return EXIT.done;
  }
  const inputs = await openInputs(command.value);
  if (!inputs.ok) return refuse(io, `${describeProblems(inputs.problems)}\n`);
  const problems = await report(command.value, inputs.value, io);
  return problems.length === 0 ? EXIT.done : refuse(io, `${describeProblems(problems)}\n`);
}

function refuse(io: Io, text: string): Exit {
  io.tell(text);
  return EXIT.badInput;
}

/** Prints the report, and says what is wrong with it. */
async function report(command: ReportCommand, inputs: Inputs, io: Io): Promise<readonly Problem[]> {
  const { longestSilenceMs, window } = command;
  const { documents, named, tenancy } = inputs;
  const sections: readonly Section[] = command.sections.length === 0 ? SECTION_NAMES : command.sections;
  const format = formatOf(command, {
    sections,
    unknown: unknownSections(named),
    head: headOf(window, io.now()),
  });
  const printer = createPrinter(io);
  const audit = createAudit({
    window,
    longestSilenceMs,
    tenancy,
    documents,
    named,
    emit(section, cells) {
      if (sections.includes(section)) printer.add(format.row(section, cells));
    },
  });
  printer.add(format.begin());
  const logs = [
    ...inputs.apiLogs.map((open) => ({ log: 'api', open }) as const),
    ...inputs.storeLogs.map((open) => ({ log: 'store', open }) as const),
  ];
  const problems: Problem[] = [];
  for (const { log, open } of logs) {
    const take: TakeLine = (text, line, isCut) => audit.line(log, text, { file: open.file, line }, isCut);
    audit.begin(log, open.file);
    problems.push(...(await readLines(open, take, printer.flush)));
  }
  const foreign = audit.finish();
  printer.add(format.end());
  await printer.flush();
  return [
    ...problems,
    ...foreign.map((file) => ({ key: file, message: 'holds no line of the log that it is named as' })),
  ];
}

function formatOf({ output }: ReportCommand, options: MarkdownOptions): Format {
  const { sections } = options;
  switch (output) {
    case 'csv':
      return createCsv(sections.length === 1 ? sections[0] : undefined);
    case 'jsonl':
      return JSON_LINES;
    case 'markdown':
      return createMarkdown(options);
  }
}

function headOf({ since, until }: Window, now: number): readonly string[] {
  const from = Number.isFinite(since) ? shownTime(since) : 'the beginning of the logs';
  const to = Number.isFinite(until) ? shownTime(until) : 'their end';
  return [`From ${from} to ${to}`, `Made at ${shownTime(now)}`];
}

/** Rows are small, and writing each of them by itself costs more than making it. */
function createPrinter(io: Io): { add(text: string): void; flush(): Promise<void> } {
  let texts: string[] = [];
  return {
    add: (text) => void texts.push(text),
    async flush() {
      if (texts.length > 0) io.print(texts.join(''));
      texts = [];
      await io.printed();
    },
  };
}
