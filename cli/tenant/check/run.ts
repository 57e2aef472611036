import { readTree } from '../../files.ts';
import { EXIT, type Exit, type Io } from '../../io.ts';
import { COLOURED, PLAIN } from '../../text/paint.ts';
import { refuse, tenancyOf } from '../problems.ts';
import { parseCheck, USAGE } from './command.ts';
import { checkJson } from './json.ts';
import { checkInputs, isSound } from './report.ts';
import { checkText } from './text.ts';

/** `sidekey tenant check`. */
export async function run(args: readonly string[], io: Io): Promise<Exit> {
  const command = parseCheck(args);
  if (!command.ok) return refuse(io, command.problems, USAGE);
  if (command.value === 'help') {
    io.print(USAGE);
    return EXIT.done;
  }
  const { tenants, manifests, namespace, output } = command.value;
  const tenancy = tenancyOf(tenants, io);
  if (tenancy === undefined) return EXIT.badInput;
  const inputs = readTree(manifests);
  if (!inputs.ok) return refuse(io, inputs.problems);
  // A pipe whose beginning failed must not end well.
  const empty = inputs.value.filter(({ wasNamed, text }) => wasNamed && text.trim() === '');
  if (empty.length > 0)
    return refuse(
      io,
      empty.map(({ file }) => ({ key: file, message: 'is empty' })),
    );
  const report = checkInputs(inputs.value, tenancy, namespace);
  io.print(output === 'json' ? checkJson(report) : checkText(report, io.coloured ? COLOURED : PLAIN));
  return isSound(report) ? EXIT.done : EXIT.refused;
}
