import { renderPolicies } from '../../governance/policy/render.ts';
import { yamlDocuments } from '../../governance/yaml.ts';
import { EXIT, type Exit, type Io } from '../io.ts';
import { writeTree } from '../output/tree.ts';
import { refuse, tenancyOf } from '../tenant/problems.ts';
import { shellWord } from '../text/shell.ts';
import { parsePolicy, USAGE } from './command.ts';

/** Stands in the directories that this command made. */
const MAKER = 'sidekey policy render';

/** `sidekey policy`. */
export async function run(args: readonly string[], io: Io): Promise<Exit> {
  const command = parsePolicy(args);
  if (!command.ok) return refuse(io, command.problems, USAGE);
  if (command.value === 'help') {
    io.print(USAGE);
    return EXIT.done;
  }
  const { platform, engine, action, directory } = command.value;
  const tenancy = tenancyOf(platform, io);
  if (tenancy === undefined) return EXIT.badInput;
  const rendered = renderPolicies(tenancy.platform, { engine, action });
  if (directory === undefined) {
    io.print(yamlDocuments(rendered.flatMap(({ objects }) => objects)));
    return EXIT.done;
  }
  const files = rendered.map(({ path, objects }) => ({ path, text: yamlDocuments(objects) }));
  const written = writeTree(directory, files, MAKER);
  if (!written.ok) return refuse(io, written.problems);
  io.print(
    `Wrote ${files.length} policies to ${directory}. Next:\n\n  kubectl apply -f ${shellWord(directory)}\n`,
  );
  return EXIT.done;
}
