import { together } from '../../../governance/diff/drift.ts';
import { EXIT, type Exit, type Io } from '../../io.ts';
import { COLOURED, PLAIN } from '../../text/paint.ts';
import { refuse, tenancyOf } from '../problems.ts';
import { askAll } from './ask.ts';
import { parseDiff, USAGE } from './command.ts';
import { diffJson } from './json.ts';
import { diffText } from './text.ts';

/** `sidekey tenant diff`. */
export async function run(args: readonly string[], io: Io): Promise<Exit> {
  const command = parseDiff(args);
  if (!command.ok) return refuse(io, command.problems, USAGE);
  if (command.value === 'help') {
    io.print(USAGE);
    return EXIT.done;
  }
  const tenancy = tenancyOf(command.value.tenants, io);
  if (tenancy === undefined) return EXIT.badInput;
  const outcome = together(await Promise.all(askAll(tenancy, command.value, io)));
  const titles = { vault: PRODUCTS[tenancy.platform.vault.product] };
  const paint = io.coloured ? COLOURED : PLAIN;
  io.print(command.value.output === 'json' ? diffJson(outcome) : diffText(outcome, titles, paint));
  if (outcome.unanswered.length > 0) return EXIT.unanswered;
  return outcome.drifts.length > 0 ? EXIT.refused : EXIT.done;
}

const PRODUCTS = { openbao: 'OpenBao', vault: 'Vault' } as const;
