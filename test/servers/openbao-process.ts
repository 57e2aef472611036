import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenBaoBinary } from './openbao-binary.ts';
import { freePort } from './port.ts';

/** What one server has on this machine. */
export interface Place {
  readonly directory: string;
  readonly port: number;
  readonly address: string;
  readonly caPem: string | undefined;
  /** The listener's second address; a path may be too long for one, so it is short. */
  readonly socket: string;
  readonly auditFile: string;
  readonly logFile: string;
}

export interface PlaceOptions {
  readonly storage: 'memory' | 'disk';
  readonly tls: boolean;
  /** Where it is one of several that share their storage: its name, and the audit log, which has to be one for all. */
  readonly node?: { readonly name: string; readonly auditFile: string | undefined };
}

/** Makes the directory, the certificate and the configuration. */
export async function prepare(binary: OpenBaoBinary, { storage, tls, node }: PlaceOptions): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-openbao-'));
  const port = await freePort();
  const caPem = tls ? await installCertificate(directory) : undefined;
  const host = binary.bind === '0.0.0.0' ? '127.0.0.1' : binary.bind;
  const address = `${tls ? 'https' : 'http'}://${host}:${port}`;
  const auditFile = node?.auditFile ?? join(directory, 'audit.log');
  const logFile = join(directory, 'server.log');
  const socket = join(directory, 's');
  const place: Place = { directory, port, address, socket, caPem, auditFile, logFile };
  await mkdir(join(directory, 'raft'));
  const storageText = storage === 'memory' ? 'storage "inmem" {}' : raft(directory, node?.name ?? 'one');
  await writeFile(join(directory, 'server.hcl'), configuration(binary, place, storageText, await freePort()));
  return place;
}

const raft = (directory: string, node: string): string => `storage "raft" {
  path = "${directory}/raft"
  node_id = "${node}"
  performance_multiplier = 1
  autopilot_update_interval = "300ms"
  autopilot_reconcile_interval = "500ms"
}`;

const configuration = (binary: OpenBaoBinary, place: Place, storage: string, clusterPort: number): string => `
${storage}
api_addr = "${place.address}"
cluster_addr = "https://127.0.0.1:${clusterPort}"
listener "tcp" {
  address = "${binary.bind}:${place.port}"
  cluster_address = "127.0.0.1:${clusterPort}"
  ${
    place.caPem === undefined
      ? 'tls_disable = true'
      : `tls_cert_file = "${place.directory}/tls.crt"\n  tls_key_file = "${place.directory}/tls.key"`
  }
}
listener "unix" {
  address = "${place.socket}"
  tls_disable = true
}
audit "file" "file" {
  options {
    file_path = "${place.auditFile}"
    hmac_accessor = "false"
  }
}
`;

async function installCertificate(directory: string): Promise<string> {
  // Loaded only where it is needed: it costs more than the start of a server.
  const { loopbackCertificate, writeCertificate } = await import('./certificate.ts');
  const certificate = await loopbackCertificate();
  await writeCertificate(directory, certificate);
  return certificate.caPem;
}

const SETPRIV = '/usr/bin/setpriv';

/** Starts the server; its output is appended to the log file. */
export async function launch(binary: OpenBaoBinary, place: Place): Promise<ChildProcess> {
  const log = await open(place.logFile, 'a');
  const args = ['server', `-config=${join(place.directory, 'server.hcl')}`];
  const command = binary.command(place.directory, place.port, args);
  // The kernel ends the server even if this process is killed and cannot.
  const bound = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'TERM', ...command] : command;
  const [file = '', ...rest] = bound;
  // In a session of its own: Ctrl-C in the terminal is for this process, which ends the server when nobody needs it.
  const child = spawn(file, rest, { detached: true, stdio: ['ignore', log.fd, log.fd] });
  await log.close();
  const cleanUp = (): void => {
    child.kill('SIGKILL');
    rmSync(place.directory, { recursive: true, force: true });
  };
  process.once('exit', cleanUp);
  child.once('exit', () => process.off('exit', cleanUp));
  return child;
}

/** Ends the process, if it still runs, and waits for that. */
export async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
}
