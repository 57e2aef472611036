import { EXIT, type Exit, type Io } from '../../io.ts';
export async function run(_args: readonly string[], _io: Io): Promise<Exit> {
  return EXIT.done;
}
