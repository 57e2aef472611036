import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** One thing the servers of the tests are made of. */
export interface Requirement {
  /** A command on PATH, or a file if it begins with `/`; any of them will do. */
  readonly anyOf: readonly string[];
  /** Debian's package. */
  readonly package: string;
}

const needs = (packageName: string, ...anyOf: readonly string[]): Requirement => ({
  anyOf,
  package: packageName,
});

/** Go is not among them: Debian's is too old, `go.ts` sees to it. */
export const REQUIREMENTS: readonly Requirement[] = [
  needs('containerd', 'containerd'),
  needs('runc', 'runc'),
  needs('containernetworking-plugins', '/usr/lib/cni/bridge', '/opt/cni/bin/bridge'),
  needs('iptables', 'iptables'),
  needs('busybox-static', '/bin/busybox'),
  needs('docker.io', 'docker'),
  needs('docker.io', 'dockerd'),
  needs('docker-compose', 'docker-compose', '/usr/libexec/docker/cli-plugins/docker-compose'),
  needs('prometheus', 'prometheus'),
  needs('prometheus', 'promtool'),
  needs('gcc', 'cc'),
  needs('libc6-dev', '/usr/include/stdio.h'),
  needs('openssl', 'openssl'),
  needs('iproute2', 'ip'),
  needs('procps', 'pgrep'),
  needs('util-linux', 'nsenter'),
  needs('util-linux', 'setpriv'),
  needs('e2fsprogs', 'chattr'),
  needs('ca-certificates', '/etc/ssl/certs/ca-certificates.crt'),
  needs('curl', 'curl'),
  needs('jq', 'jq'),
  needs('faketime', 'faketime'),
  needs('python3', 'python3'),
  needs('python3-pip', 'pip', 'pip3'),
  needs('python3-dotenv', '/usr/lib/python3/dist-packages/dotenv/__init__.py'),
];

/** Debian keeps some of them where only root looks. */
export const SEARCH_PATH = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];

async function exists(name: string): Promise<boolean> {
  const places = name.startsWith('/') ? [name] : SEARCH_PATH.map((directory) => join(directory, name));
  const found = await Promise.all(
    places.map((place) =>
      access(place, name.startsWith('/') ? constants.R_OK : constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** Those that this machine lacks. */
export async function missing(requirements: readonly Requirement[]): Promise<readonly Requirement[]> {
  const found = await Promise.all(
    requirements.map(async ({ anyOf }) => (await Promise.all(anyOf.map(exists))).includes(true)),
  );
  return requirements.filter((_, index) => found[index] !== true);
}

/** What to tell a person whose machine this program must not, or cannot, set up by itself. */
export function instructions(lacking: readonly Requirement[]): string {
  const packages = [...new Set(lacking.map((requirement) => requirement.package))];
  const commands = lacking.map(({ anyOf }) => `  ${anyOf.join(' or ')}`);
  return [
    'Cannot run the tests here: these are missing:',
    ...commands,
    `As root on Debian they are installed by themselves; the packages are: ${packages.join(' ')}`,
  ].join('\n');
}
