import { EXIT, type Exit, type Io, type Run } from '../io.ts';
import { refuse } from './problems.ts';

/** Each is loaded only if it is called for: a check in a pipeline needs no client of a cluster. */
const COMMANDS: Readonly<Record<string, { readonly says: string; load(): Promise<{ readonly run: Run }> }>> =
  {
    render: {
      says: 'tenants as objects of Kubernetes, and as policies and roles of the stores',
      load: () => import('./render/run.ts'),
    },
    diff: {
      says: 'where the cluster and the stores are not as the tenants declare',
      load: () => import('./diff/run.ts'),
    },
    check: {
      says: 'what would become of the manifests of a repository',
      load: () => import('./check/run.ts'),
    },
  };

const USAGE = `sidekey tenant COMMAND -f TENANTS …

${Object.entries(COMMANDS)
  .map(([name, { says }]) => `  ${name.padEnd(10)}${says}\n`)
  .join('')}
sidekey tenant COMMAND --help says more.
`;

/** `sidekey tenant`. */
export async function run([name, ...args]: readonly string[], io: Io): Promise<Exit> {
  if (name === 'help' || name === '--help' || name === '-h') {
    io.print(USAGE);
    return EXIT.done;
  }
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const message = `must be one of ${Object.keys(COMMANDS).join(', ')}`;
    return refuse(io, [{ key: name ?? 'tenant', message }], USAGE);
  }
  const loaded = await command.load();
  return loaded.run(args, io);
}
