import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';
import { systemClock } from '#platform/clock.ts';
import { faultCode } from '#platform/connection-fault.ts';
import { createKubernetes, type Connection, type Kubernetes } from '#platform/kubernetes/client.ts';
import { inClusterConnection } from '#platform/kubernetes/in-cluster.ts';
import { type Input, readInputs } from '../../input.ts';
import type { Io } from '../../io.ts';
import { type ClusterAccess, type Pem, readKubeconfig } from './kubeconfig.ts';

/** Which cluster is meant, of those that kubectl knows. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** A plain address on loopback, where something adds who asks. */
  readonly server?: string;
}

/** A client of the cluster that is meant; where there is no kubeconfig, of the one that this runs in. Asks it nothing yet. */
export function openCluster(options: ClusterOptions, environment: Io['environment']): Parsed<Kubernetes> {
  const connection = connectionOf(options, environment);
  return connection.ok ? parsed(createKubernetes(connection.value)) : connection;
}

function connectionOf(
  { kubeconfig, context, server }: ClusterOptions,
  environment: Io['environment'],
): Parsed<Connection> {
  if (server !== undefined) return parsed({ address: server, token: () => '', clock: systemClock });
  const files = kubeconfig === undefined ? knownFiles(environment) : [kubeconfig];
  const inputs = kubeconfig === undefined ? existing(files) : readInputs(files);
  if (!inputs.ok) return inputs;
  if (inputs.value.length === 0) return inCluster(files, environment);
  const access = readKubeconfig(inputs.value, context);
  return access.ok ? withFiles(access.value) : access;
}

/** Where kubectl looks. */
function knownFiles({ KUBECONFIG: list = '', HOME: home = '' }: Io['environment']): readonly string[] {
  const named = list.split(delimiter).filter((file) => file !== '');
  return named.length > 0 ? named : [join(home, '.kube/config')];
}

/** Of a list, kubectl passes files by that are not there. */
function existing(files: readonly string[]): Parsed<readonly Input[]> {
  const read = files.map((file) => readInputs([file]));
  const problems = read
    .flatMap((one) => (one.ok ? [] : one.problems))
    .filter(({ message }) => !message.endsWith('ENOENT'));
  return problems.length > 0 ? rejected(problems) : parsed(read.flatMap((one) => (one.ok ? one.value : [])));
}

function inCluster(files: readonly string[], environment: Io['environment']): Parsed<Connection> {
  if ((environment['KUBERNETES_SERVICE_HOST'] ?? '') === '')
    return rejected([{ key: files.join(', '), message: 'is not there; name a file with --kubeconfig' }]);
  try {
    return parsed(inClusterConnection(environment, (path) => readFileSync(path, 'utf8'), systemClock));
  } catch (error) {
    return rejected([{ key: 'cluster', message: error instanceof Error ? error.message : String(error) }]);
  }
}

/** Reads what a kubeconfig names; a token's file again whenever it may have been replaced. */
function withFiles({
  address,
  serverName,
  authority,
  certificate,
  key,
  token,
}: ClusterAccess): Parsed<Connection> {
  const problems: Problem[] = [];
  const read = (pem: Pem): string => {
    if ('text' in pem) return pem.text;
    try {
      return readFileSync(pem.file, 'utf8');
    } catch (error) {
      problems.push({ key: pem.file, message: `cannot be read: ${faultCode(error)}` });
      return '';
    }
  };
  const connection: Connection = {
    address,
    clock: systemClock,
    token: token === undefined ? () => '' : () => read(token),
    ...(serverName === undefined ? {} : { serverName }),
    ...(authority === undefined ? {} : { caPem: read(authority) }),
    ...(certificate && key ? { clientCertificate: { certPem: read(certificate), keyPem: read(key) } } : {}),
  };
  // Whoever is told of a file that cannot be read has not to wait for the first request.
  if (token !== undefined) read(token);
  return problems.length > 0 ? rejected(problems) : parsed(connection);
}
