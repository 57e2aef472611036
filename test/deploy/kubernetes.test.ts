import { execFile } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readInjectorConfig } from '../../injector/config.ts';
import { makeServerCertificate } from '../../deploy/kubernetes/certificate.ts';
import { injectorEnvironment } from '../../deploy/kubernetes/deployment.ts';
import { installManifests } from '../../deploy/kubernetes/manifests.ts';
import { readInstallRequest } from '../../deploy/kubernetes/options.ts';
import { webhookConfigurations } from '../../deploy/kubernetes/webhooks.ts';
import { options, problemKeys, REQUIRED } from './install.ts';

const MAIN = fileURLToPath(new URL('../../deploy/kubernetes/main.ts', import.meta.url));
const NOW = new Date('2027-01-01T00:00:00Z');

const run = (args: readonly string[]) => promisify(execFile)(process.execPath, [MAIN, ...args]);

test('a certificate is its authority’s, good for its names and for as long as asked', async () => {
  const made = await makeServerCertificate({ names: ['a.example', '127.0.0.1', '::1'], now: NOW, days: 30 });
  const leaf = new X509Certificate(made.certPem);
  const authority = new X509Certificate(made.caPem);
  expect(leaf.verify(authority.publicKey)).toBe(true);
  expect(leaf.checkIssued(authority)).toBe(true);
  expect(leaf.checkPrivateKey(createPrivateKey(made.keyPem))).toBe(true);
  expect(leaf.checkHost('a.example')).toBe('a.example');
  expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(leaf.ca).toBe(false);
  expect(made.notAfter).toEqual(new Date('2027-01-31T00:00:00Z'));
});

test('the printed documents are whole and hold no secret', async () => {
  const { stdout } = await run([...REQUIRED, '--namespace=gpu-secrets']);
  const documents = parseAllDocuments(stdout).map((document) => document.toJS() as Document);
  expect(documents.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
    'Namespace/gpu-secrets',
    'ServiceAccount/sidekey-injector',
    'ClusterRole/sidekey-injector',
    'ClusterRoleBinding/sidekey-injector',
    'Role/sidekey-injector',
    'RoleBinding/sidekey-injector',
    'ResourceQuota/sidekey-injector',
    'Deployment/sidekey-injector',
    'PodDisruptionBudget/sidekey-injector',
    'NetworkPolicy/sidekey-injector',
    'Service/sidekey-injector',
    'MutatingWebhookConfiguration/00-sidekey',
    'MutatingWebhookConfiguration/zz-sidekey',
  ]);
  expect(stdout).not.toMatch(/PRIVATE KEY|caBundle|kind: Secret/u);
});

interface Document {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

test('the account of the injector may do no more than it has to', () => {
  const rules = (objects: readonly object[]): string =>
    JSON.stringify(objects.flatMap((one) => ('rules' in one ? [one.rules] : [])));
  const own = rules(installManifests(options));
  for (const { resources, resourceNames } of (JSON.parse(own) as Rule[][]).flat())
    expect(resources[0] === 'secrets' ? resourceNames : ['']).toEqual(
      resources[0] === 'secrets' ? ['sidekey-injector-tls'] : [''],
    );
  expect(own).not.toContain('*');
  const files = rules(installManifests({ ...options, certificateSecret: 'from-cert-manager' }));
  expect(files).not.toMatch(/secrets|leases|"patch".*mutating/u);
});

interface Rule {
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

test('a replica that says that it is not ready is out at once, and one that is late is not', () => {
  const probe = /"readinessProbe":(\{.*?\}),"livenessProbe"/u;
  const [, text = ''] = probe.exec(JSON.stringify(installManifests(options))) ?? [];
  // As long as the API server waits for an answer to a review.
  expect(JSON.parse(text)).toMatchObject({ failureThreshold: 1, timeoutSeconds: 5, periodSeconds: 2 });
});

test('a certificate that somebody else keeps is mounted, and trusted if its authority is given', () => {
  const certificateSecret = 'from-cert-manager';
  const text = JSON.stringify(installManifests({ ...options, certificateSecret, certificateCa: 'CA' }));
  expect(text).toContain('"secret":{"secretName":"from-cert-manager","defaultMode":288}');
  expect(text).toContain('{"name":"SIDEKEY_TLS_CERT_FILE","value":"/etc/sidekey/tls/tls.crt"}');
  expect(text.match(/"caBundle":"Q0E="/gu)).toHaveLength(2);
  expect(JSON.stringify(installManifests(options))).not.toMatch(/TLS_CERT_FILE|caBundle/u);
});

test('the same options give the same objects', () => {
  const [one, other] = [1, 2].map(() => JSON.stringify(installManifests(options)));
  expect(one).toBe(other);
});

test('the injector’s own certificate is for the names of its Service', () => {
  const config = readInjectorConfig(injectorEnvironment({ ...options, namespace: 'x' }));
  expect(config).toMatchObject({
    value: {
      cluster: {
        certificates: {
          namespace: 'x',
          secret: 'sidekey-injector-tls',
          names: ['sidekey-injector.x.svc', 'sidekey-injector.x.svc.cluster.local'],
        },
      },
    },
  });
});

const ASKS =
  "has(object.metadata.annotations) && ('vault.hashicorp.com/agent-inject' in object.metadata.annotations || 'openbao.org/agent-inject' in object.metadata.annotations || 'sidekey.dev/inject' in object.metadata.annotations)";

test('both webhooks are asked only for new pods that carry the key, and whatever its value', () => {
  const target = { url: 'https://127.0.0.1:1' };
  for (const configuration of webhookConfigurations({ target, caPem: 'CA', namespace: 'sidekey' })) {
    expect(configuration).toMatchObject({
      webhooks: [{ matchConditions: [{ expression: ASKS }] }],
    });
    expect(configuration).toMatchObject({
      webhooks: [
        {
          clientConfig: { url: 'https://127.0.0.1:1/mutate', caBundle: 'Q0E=' },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          failurePolicy: 'Fail',
          reinvocationPolicy: 'IfNeeded',
        },
      ],
    });
  }
});

test('what the Deployment tells the injector is what the injector reads', () => {
  const environment = { ...options, environment: { SIDEKEY_POLL: '10s', SIDEKEY_LOG_LEVEL: 'debug' } };
  expect(readInjectorConfig(injectorEnvironment(environment))).toMatchObject({
    ok: true,
    value: {
      logLevel: 'debug',
      settings: { pollMs: 10_000, agentImage: 'agent:1', ownNamespace: 'sidekey' },
    },
  });
});

test.each(['vault', 'infisical'])(
  'the authority of %s is mounted where the injector looks for it',
  (store) => {
    const stores = { [store]: { address: 'https://store', caPem: 'STORE-CA' } };
    const text = JSON.stringify(installManifests({ ...options, stores }));
    expect(text).toContain('{"ca.crt":"STORE-CA"}');
    expect(text).toContain(
      `{"name":"SIDEKEY_${store.toUpperCase()}_CA_FILE","value":"/etc/sidekey/${store}/ca.crt"}`,
    );
    expect(text).toContain(`"mountPath":"/etc/sidekey/${store}"`);
  },
);

test('one store is enough, and both may be there', () => {
  const images = REQUIRED.slice(0, 2);
  const infisical = '--infisical-address=https://infisical.example';
  expect(problemKeys(...images, infisical)).toEqual([]);
  expect(problemKeys(...REQUIRED, infisical, '--env=SIDEKEY_INFISICAL_IDENTITY=an-identity')).toEqual([]);
  const request = readInstallRequest([...images, infisical]);
  expect(request.ok && injectorEnvironment(request.value)).toMatchObject({
    SIDEKEY_INFISICAL_ADDRESS: 'https://infisical.example',
  });
  expect(request.ok && injectorEnvironment(request.value)).not.toHaveProperty('SIDEKEY_VAULT_ADDRESS');
});

test('every bad option is named at once', () => {
  expect(problemKeys()).toEqual(['--injector-image', '--agent-image', '--vault-address']);
  const bad = [
    '--namespace=A_B',
    '--replicas=0',
    '--certificate-secret=A_B',
    '--certificate-ca=/nowhere',
    '--env=PATH=/',
    '--vault-ca=/nowhere',
    '--infisical-ca=/nowhere',
    '--infisical-address=infisical.example',
  ];
  expect(problemKeys(...REQUIRED, ...bad).toSorted()).toEqual(
    [
      '--certificate-ca',
      '--certificate-secret',
      '--env',
      '--infisical-address',
      '--infisical-ca',
      '--namespace',
      '--replicas',
      '--vault-ca',
    ].toSorted(),
  );
  expect(problemKeys(...REQUIRED, '--env=SIDEKEY_POLL=soon')).toEqual(['SIDEKEY_POLL']);
  expect(problemKeys('--what')).toEqual(['arguments']);
});

test('a variable that the injector does not read, or that an option sets, is refused', () => {
  expect(problemKeys(...REQUIRED, '--env=SIDEKEY_POL=10s')).toEqual(['--env SIDEKEY_POL']);
  expect(problemKeys(...REQUIRED, '--env=SIDEKEY_LISTEN=:99')).toEqual(['--env SIDEKEY_LISTEN']);
  expect(problemKeys(...REQUIRED, '--env=SIDEKEY_POLL=10s', '--env=SIDEKEY_VAULT_NAMESPACE=ml')).toEqual([]);
});

test.each(['default', 'kube-system'])('Pod Security is not enforced in the namespace %s', (namespace) => {
  expect(problemKeys(...REQUIRED, `--namespace=${namespace}`)).toEqual(['--namespace']);
});

test('an authority without a certificate is refused', () => {
  expect(problemKeys(...REQUIRED, `--vault-ca=${MAIN}`)).toEqual(['--vault-ca']);
});

test('an authority without the Secret that it is for is refused', () => {
  expect(problemKeys(...REQUIRED, '--certificate-ca=/nowhere')).toEqual([
    '--certificate-ca',
    '--certificate-ca',
  ]);
});

test('help is no error', async () => {
  const { stdout } = await run(['--help']);
  expect(stdout).toContain('--vault-address URL');
  expect(stdout).toContain('--infisical-address URL');
});

test('a bad command line exits with 2 and prints no manifest', async () => {
  await expect(run([])).rejects.toMatchObject({ code: 2, stdout: '' });
});
