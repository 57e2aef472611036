import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';
import { type Destination, DESTINATIONS } from '../../../governance/diff/drift.ts';
import { chosen, filesProblems, readArguments } from '../../arguments.ts';
import { isAddress, isLoopback } from './address.ts';
import type { ClusterOptions } from './cluster.ts';

export const USAGE = `sidekey tenant diff -f TENANTS [-f TENANTS …]

Says where the cluster, Vault or OpenBao, and Infisical are not as the tenants declare. Only reads, and changes nothing.

  -f TENANTS         files of YAML or JSON, directories of them, or - for standard input; may be repeated
  --only kubernetes|vault|infisical
                     that alone, whichever of Vault and OpenBao it is; may be repeated. Without it, all that a tenant has something in
  --action deny|audit
                     what the policies are to do about a request that is not allowed, as for render; deny
  -o text|json

The cluster is that of kubectl, or, without a kubeconfig, the one that this runs in:
  --kubeconfig FILE  else KUBECONFIG, else ~/.kube/config
  --context NAME
  --server URL       a plain address on this machine, where something adds who asks: \`kubectl proxy\` is at http://127.0.0.1:8001

The store is that of its own command line:
  BAO_ADDR, BAO_TOKEN (or ~/.vault-token), BAO_NAMESPACE, BAO_CACERT; or the same with VAULT_
  INFISICAL_ADDRESS, INFISICAL_TOKEN

Ends with 0 if everything is as declared, with 1 if something is not, with 2 if the command line or a tenant is wrong, and with 3 if something
could not be asked: then it says what, and the rest is compared all the same.
`;

const OUTPUTS = ['text', 'json'] as const;
const ACTIONS = ['deny', 'audit'] as const;

/** What `sidekey tenant diff` was called for. */
export interface DiffCommand {
  readonly tenants: readonly string[];
  /** Absent: all in which a tenant has something. */
  readonly only?: readonly Destination[];
  readonly action: (typeof ACTIONS)[number];
  readonly cluster: ClusterOptions;
  readonly output: (typeof OUTPUTS)[number];
}

const FLAGS = {
  file: { type: 'string', short: 'f', multiple: true },
  only: { type: 'string', multiple: true },
  action: { type: 'string', default: 'deny' },
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
  server: { type: 'string' },
  output: { type: 'string', short: 'o', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the words behind `tenant diff`. */
export function parseDiff(args: readonly string[]): Parsed<DiffCommand | 'help'> {
  const read = readArguments(args, FLAGS);
  if (!read.ok) return read;
  const { values, positionals } = read.value;
  return values.help ? parsed('help') : diffCommand(values, positionals);
}

interface Values extends ClusterOptions {
  readonly file?: readonly string[];
  readonly only?: readonly string[];
  readonly action: string;
  readonly output: string;
}

function diffCommand(values: Values, extra: readonly string[]): Parsed<DiffCommand> {
  const { file: tenants = [], kubeconfig, context, server } = values;
  const cluster = {
    ...(kubeconfig && { kubeconfig }),
    ...(context && { context }),
    ...(server && { server }),
  };
  const only = destinationsOf(values.only);
  const action = chosen('--action', values.action, ACTIONS);
  const output = chosen('-o', values.output, OUTPUTS);
  const problems = [
    ...extra.map((one) => ({ key: one, message: 'is one argument too many; name files with -f' })),
    ...filesProblems('-f', tenants),
    ...serverProblems(cluster),
    ...[only, action, output].flatMap((one) => (one.ok ? [] : one.problems)),
  ];
  if (!only.ok || !action.ok || !output.ok || problems.length > 0) return rejected(problems);
  return parsed({ tenants, action: action.value, output: output.value, cluster, ...only.value });
}

function destinationsOf(names: readonly string[] | undefined): Parsed<Pick<DiffCommand, 'only'>> {
  if (names === undefined) return parsed({});
  const read = names.map((one) => chosen('--only', one, DESTINATIONS));
  const problems = read.flatMap((one) => (one.ok ? [] : one.problems));
  if (problems.length > 0) return rejected(problems);
  return parsed({ only: read.flatMap((one) => (one.ok ? [one.value] : [])) });
}

function serverProblems({ server, kubeconfig, context }: ClusterOptions): readonly Problem[] {
  if (server === undefined) return [];
  const isPlain = isAddress(server) && server.startsWith('http:') && isLoopback(server);
  return [
    ...(isPlain
      ? []
      : [
          {
            key: '--server',
            message: 'must be a plain address on this machine, such as http://127.0.0.1:8001',
          },
        ]),
    ...(kubeconfig === undefined && context === undefined
      ? []
      : [{ key: '--server', message: 'is a cluster by itself; leave out --kubeconfig and --context' }]),
  ];
}
