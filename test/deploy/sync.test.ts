import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { parseSyncCommand } from '../../agent/sync/command.ts';
import { readInstallRequest } from '../../deploy/kubernetes/options.ts';
import { syncManifests } from '../../deploy/kubernetes/sync/manifests.ts';
import type { SyncOptions } from '../../deploy/kubernetes/sync/settings.ts';

const MAIN = fileURLToPath(new URL('../../deploy/kubernetes/main.ts', import.meta.url));
const STORES = ['--vault-address=https://vault:8200', '--infisical-address=https://infisical.example'];
const REQUIRED = ['--injector-image=injector:1', '--agent-image=agent:1', ...STORES];

const OPTIONS: SyncOptions = {
  namespace: 'sidekey',
  agentImage: 'agent:1',
  vault: { address: 'https://vault:8200', role: 'sync', caPem: 'VAULT-CA' },
  infisical: { address: 'https://infisical.example', identity: 'an-identity' },
  replicas: 3,
  pollMs: 10_000,
};

const objects = (options: SyncOptions): readonly JsonObject[] =>
  JSON.parse(JSON.stringify(syncManifests(options))) as JsonObject[];

function object(kind: string, options = OPTIONS): JsonObject {
  const found = objects(options).find((one) => one['kind'] === kind);
  if (found === undefined) throw new Error(`There is no ${kind}`);
  return found;
}

const podOf = (options = OPTIONS): JsonObject =>
  objectIn(objectIn(object('Deployment', options), 'spec'), 'template');
const containerOf = (): JsonObject => listIn(objectIn(podOf(), 'spec'), 'containers')[0] ?? {};

/** The files of a volume of the pod, by the directory it is mounted to. */
function projected(mountPath: string): readonly JsonObject[] {
  const mount = listIn(containerOf(), 'volumeMounts').find((one) => one['mountPath'] === mountPath) ?? {};
  const volumes = listIn(objectIn(podOf(), 'spec'), 'volumes');
  const volume = volumes.find(({ name }) => name === mount['name']) ?? {};
  return listIn(objectIn(volume, 'projected'), 'sources');
}

/** What the sync itself makes of its ConfigMap and its container's arguments. */
function configOf(options: SyncOptions) {
  const data = objectIn(object('ConfigMap', options), 'data');
  const args = containerOf()['args'] as string[];
  return parseSyncCommand(args, {}, (path) => {
    expect(path).toBe('/etc/sidekey/sync.json');
    return textIn(data, 'sync.json');
  });
}

const problemKeys = (...args: readonly string[]): readonly string[] => {
  const request = readInstallRequest([...REQUIRED, ...args]);
  return request.ok ? [] : request.problems.map(({ key }) => key);
};

function syncOf(...args: readonly string[]): SyncOptions | undefined {
  const request = readInstallRequest([...REQUIRED, '--sync', ...args]);
  if (!request.ok) throw new Error(JSON.stringify(request.problems));
  return request.value.sync;
}

test('one flag adds the sync to what is printed, its guard before its account', async () => {
  const args = [MAIN, ...REQUIRED, '--namespace=gpu', '--sync', '--sync-vault-role=sync'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const printed = parseAllDocuments(stdout).map((document) => document.toJS() as JsonObject);
  const names = printed.map((one) => `${textIn(one, 'kind')}/${textIn(objectIn(one, 'metadata'), 'name')}`);
  expect(names.slice(names.indexOf('MutatingWebhookConfiguration/zz-sidekey') + 1)).toEqual([
    'ValidatingAdmissionPolicy/sidekey-sync-guard',
    'ValidatingAdmissionPolicyBinding/sidekey-sync-guard',
    'ServiceAccount/sidekey-sync',
    'ClusterRole/sidekey-sync',
    'ClusterRoleBinding/sidekey-sync',
    'Role/sidekey-sync',
    'RoleBinding/sidekey-sync',
    'ConfigMap/sidekey-sync',
    'Deployment/sidekey-sync',
    'PodDisruptionBudget/sidekey-sync',
  ]);
  expect(stdout).toContain("request.userInfo.username == 'system:serviceaccount:gpu:sidekey-sync'");
});

test('without the flag nothing of the sync is printed', () => {
  const request = readInstallRequest(REQUIRED);
  expect(request).toMatchObject({ ok: true });
  expect(request.ok && request.value).not.toHaveProperty('sync');
});

test('the same options give the same objects', () => {
  expect(JSON.stringify(syncManifests(OPTIONS))).toBe(JSON.stringify(syncManifests(OPTIONS)));
});

test('the sync reads what its ConfigMap says', () => {
  expect(configOf(OPTIONS)).toMatchObject({
    ok: true,
    value: {
      warnings: [],
      config: {
        pollMs: 10_000,
        leader: { namespace: 'sidekey', name: 'sidekey-sync' },
        vault: {
          address: 'https://vault:8200',
          caPem: 'VAULT-CA',
          auth: { path: 'auth/kubernetes', role: 'sync' },
        },
        infisical: { auth: { method: 'kubernetes', identityId: 'an-identity' } },
      },
    },
  });
});

test('what the sync would not take is not rendered', () => {
  const vault = { address: 'vault:8200', role: 'sync' };
  expect(() => syncManifests({ ...OPTIONS, vault })).toThrow(
    /Cannot configure the sync: config\.vault\.address/u,
  );
  const { vault: _, infisical: __, ...none } = OPTIONS;
  expect(() => syncManifests(none)).toThrow(/config\.vault: must be an object/u);
});

test('a changed configuration takes new pods', () => {
  expect(podOf()).not.toEqual(podOf({ ...OPTIONS, pollMs: 20_000 }));
  expect(podOf()).toEqual(podOf({ ...OPTIONS, replicas: 1 }));
});

test('there is a token for the API server, and one for each store where the sync looks for it', () => {
  const read = configOf(OPTIONS);
  if (!read.ok) throw new Error('The sync does not take its configuration');
  const { vault, infisical } = read.value.config;
  const files = [vault, infisical].map((store) =>
    store?.auth && 'tokenFile' in store.auth ? store.auth.tokenFile : '',
  );
  expect(new Set(files.map(dirname))).toEqual(new Set(['/run/sidekey/token']));
  expect(
    projected('/run/sidekey/token').map(
      (source) => `/run/sidekey/token/${textIn(objectIn(source, 'serviceAccountToken'), 'path')}`,
    ),
  ).toEqual(files);
  expect(JSON.stringify(projected('/var/run/secrets/kubernetes.io/serviceaccount'))).toMatch(
    /"token".*"ca\.crt".*"namespace"/u,
  );
  expect(object('ServiceAccount')).toMatchObject({ automountServiceAccountToken: false });
});

test('its account may neither make, replace nor delete a Secret', () => {
  const rules = ['ClusterRole', 'Role'].flatMap((kind) => listIn(object(kind), 'rules'));
  const verbs = (resource: string) =>
    rules
      .filter(({ resources }) => JSON.stringify(resources) === `["${resource}"]`)
      .flatMap((rule) => rule['verbs']);
  expect(verbs('secrets')).toEqual(['get', 'list', 'watch', 'patch']);
  expect(verbs('namespaces')).toEqual(['get', 'list', 'watch']);
  expect(verbs('events')).toEqual(['create', 'patch']);
  expect(verbs('leases')).toEqual(['create', 'get', 'update']);
  expect(rules).toHaveLength(5);
});

test('it is told of a store what the agents are told', () => {
  const auth = ['METHOD=jwt', 'PATH=auth/jwt-ml'].map((pair) => `--env=SIDEKEY_VAULT_AUTH_${pair}`);
  const sync = syncOf('--sync-vault-role=sync', ...auth, '--env=SIDEKEY_VAULT_NAMESPACE=ml');
  expect(sync && configOf(sync)).toMatchObject({
    value: {
      config: { vault: { namespace: 'ml', auth: { method: 'jwt', path: 'auth/jwt-ml', role: 'sync' } } },
    },
  });
  expect(sync).not.toHaveProperty('infisical');
});

test('it is read again as often as is said, by as many replicas', () => {
  expect(syncOf('--sync-vault-role=sync')).toMatchObject({ pollMs: 60_000, replicas: 2 });
  const changed = syncOf('--sync-infisical-identity=an-id', '--sync-poll=10s', '--sync-replicas=3');
  expect(changed).toMatchObject({ pollMs: 10_000, replicas: 3, infisical: { identity: 'an-id' } });
});

test('every bad option is named at once', () => {
  expect(problemKeys('--sync')).toEqual(['--sync']);
  expect(problemKeys('--sync-poll=10s', '--sync-vault-role=x')).toEqual(['--sync-vault-role', '--sync-poll']);
  const bad = [
    '--sync-vault-role=',
    '--sync-infisical-identity=a b',
    '--sync-poll=soon',
    '--sync-replicas=0',
  ];
  expect(problemKeys('--sync', ...bad).toSorted()).toEqual(
    ['--sync-infisical-identity', '--sync-poll', '--sync-replicas', '--sync-vault-role'].toSorted(),
  );
});

test('a login without its store is refused', () => {
  const images = REQUIRED.slice(0, 2);
  const logins = ['--sync', '--sync-vault-role=sync', '--sync-infisical-identity=an-id'];
  const keys = (store: string | undefined): readonly string[] => {
    const request = readInstallRequest([...images, store ?? '', ...logins]);
    return request.ok ? [] : request.problems.map(({ key }) => key);
  };
  expect(keys(STORES[0])).toEqual(['--sync-infisical-identity']);
  expect(keys(STORES[1])).toEqual(['--sync-vault-role']);
});
