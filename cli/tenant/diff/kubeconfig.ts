import { dirname, resolve } from 'node:path';
import { isObject, type Json, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';
import type { Input } from '../../input.ts';
import { readManifests } from '../../manifest/manifest.ts';
import { describePlace } from '../../../governance/place.ts';
import { isAddress, isLoopback } from './address.ts';

/** Something in PEM: as it stands in a kubeconfig, or where it is to be read. */
export type Pem = { readonly text: string } | { readonly file: string };

/** How to reach a cluster, and as whom. */
export interface ClusterAccess {
  readonly address: string;
  readonly serverName?: string;
  readonly authority?: Pem;
  readonly certificate?: Pem;
  readonly key?: Pem;
  readonly token?: Pem;
}

/** What helps where we cannot do what kubectl can. */
const BY_PROXY = 'run `kubectl proxy`, and give --server http://127.0.0.1:8001';

/**
 * What kubectl would use: of several files the first that names something counts, and paths are relative to the file that
 * they are in.
 */
export function readKubeconfig(inputs: readonly Input[], wanted: string | undefined): Parsed<ClusterAccess> {
  const read = inputs.map(({ file, text }) => ({ file, ...readManifests(file, text) }));
  const faults = read.flatMap((one) => one.faults.filter(({ kind }) => kind === 'unreadable'));
  if (faults.length > 0)
    return rejected(faults.map(({ place, message }) => ({ key: describePlace(place), message })));
  const configs = read.flatMap(({ file, manifests }) => manifests.map(({ value }) => ({ file, value })));
  const name =
    wanted ?? configs.map(({ value }) => textIn(value, 'current-context')).find((one) => one !== '');
  const key = inputs.map(({ file }) => file).join(', ');
  if (name === undefined)
    return rejected([{ key, message: 'has no current-context; name one with --context' }]);
  const context = entry(configs, 'context', name);
  if (context === undefined)
    return rejected([{ key, message: `has no context ${name}${otherThan(configs)}` }]);
  const cluster = entry(configs, 'cluster', textIn(context.value, 'cluster'));
  const userName = textIn(context.value, 'user');
  const user = entry(configs, 'user', userName);
  const of = `context ${name} of ${key}`;
  if (userName !== '' && user === undefined)
    return rejected([{ key: of, message: `names a user, ${userName}, whom no file has` }]);
  return accessOf(cluster, user, of);
}

/** A named part of a kubeconfig, and the file that it is in. */
interface Entry {
  readonly file: string;
  readonly value: JsonObject;
}

/** Lists are called as their entries are, with an s. */
function entry(configs: readonly Entry[], what: string, name: string): Entry | undefined {
  for (const { file, value } of configs) {
    const found = listIn(value, `${what}s`).find((one) => one['name'] === name);
    if (found !== undefined) return { file, value: objectIn(found, what) };
  }
  return undefined;
}

function otherThan(configs: readonly Entry[]): string {
  const names = configs.flatMap(({ value }) => listIn(value, 'contexts').map((one) => textIn(one, 'name')));
  return names.length === 0 ? '' : `, only ${names.join(', ')}`;
}

function accessOf(cluster: Entry | undefined, user: Entry | undefined, key: string): Parsed<ClusterAccess> {
  const problems: Problem[] = [];
  const report = (message: string): void => void problems.push({ key, message });
  const address = cluster === undefined ? '' : textIn(cluster.value, 'server');
  if (!isAddress(address)) report('names no cluster with a server such as https://10.0.0.1:6443');
  for (const message of [...obstacles(cluster, CLUSTER_OBSTACLES), ...obstacles(user, USER_OBSTACLES)])
    report(message);
  const serverName = cluster && textIn(cluster.value, 'tls-server-name');
  const access = {
    address,
    ...(serverName && { serverName }),
    ...pem('authority', cluster, 'certificate-authority'),
    ...pem('certificate', user, 'client-certificate'),
    ...pem('key', user, 'client-key'),
    ...tokenOf(user),
  };
  if (isAddress(address) && address.startsWith('http:') && !isLoopback(address))
    report('has a server that is not https, and who asks would be told to everybody in between');
  return problems.length > 0 ? rejected(problems) : parsed(access);
}

const CLUSTER_OBSTACLES: Readonly<Record<string, string>> = {
  'proxy-url': 'reaches its cluster by a proxy',
  'insecure-skip-tls-verify':
    'does not look whose certificate its cluster has, without which nobody knows who answers',
};

const USER_OBSTACLES: Readonly<Record<string, string>> = {
  exec: 'gets its token from a program, and none is run here',
  'auth-provider': 'gets its token from a plugin of kubectl',
  username: 'logs in with a password, which no API server takes any more',
  as: 'asks in the name of somebody else',
};

function obstacles(owner: Entry | undefined, known: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(known)
    .filter(([field]) => isSet(owner?.value[field]))
    .map(([field, fact]) => `${fact} (${field}); ${BY_PROXY}`);
}

const isSet = (value: Json | undefined): boolean =>
  isObject(value) || value === true || (typeof value === 'string' && value !== '');

/** What is in the file itself counts before what it names. */
function pem(
  name: 'authority' | 'certificate' | 'key',
  owner: Entry | undefined,
  field: string,
): Partial<Record<typeof name, Pem>> {
  if (owner === undefined) return {};
  const data = textIn(owner.value, `${field}-data`);
  if (data !== '') return { [name]: { text: Buffer.from(data, 'base64').toString('utf8') } };
  const file = textIn(owner.value, field);
  return file === '' ? {} : { [name]: { file: resolve(dirname(owner.file), file) } };
}

/** A file counts before what is in the kubeconfig, for it is read again. */
function tokenOf(user: Entry | undefined): Pick<ClusterAccess, 'token'> {
  if (user === undefined) return {};
  const file = textIn(user.value, 'tokenFile');
  if (file !== '') return { token: { file: resolve(dirname(user.file), file) } };
  const text = textIn(user.value, 'token');
  return text === '' ? {} : { token: { text } };
}
