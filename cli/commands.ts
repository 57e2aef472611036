import { EXIT, type Exit, type Io, type Run } from './io.ts';

/** Commands by name. Each is loaded only if it is called for: what asks a cluster or a store costs the others no start. */
export type Commands = Readonly<
  Record<string, { readonly says: string; load(): Promise<{ readonly run: Run }> }>
>;

/** A line for each. */
export const listing = (commands: Commands): string =>
  Object.entries(commands)
    .map(([name, { says }]) => `  ${name.padEnd(10)}${says}\n`)
    .join('');

/** Does what the first word names. `around` is what the words stand behind. */
export async function dispatch(
  [name, ...args]: readonly string[],
  io: Io,
  {
    commands,
    around,
    usage,
  }: { readonly commands: Commands; readonly around: string; readonly usage: string },
): Promise<Exit> {
  if (name === 'help' || name === '--help' || name === '-h') {
    io.print(usage);
    return EXIT.done;
  }
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    io.tell(`${name ?? around}: must be one of ${Object.keys(commands).join(', ')}\n\n${usage}`);
    return EXIT.badInput;
  }
  const { run } = await command.load();
  return run(args, io);
}
