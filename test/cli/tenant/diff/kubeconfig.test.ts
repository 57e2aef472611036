import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Json, JsonObject } from '#contract/json.ts';
import { type ClusterAccess, readKubeconfig } from '../../../../cli/tenant/diff/kubeconfig.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const kubeconfig = (parts: Readonly<Record<string, Json>>): string =>
  stringify({ apiVersion: 'v1', kind: 'Config', ...parts });

const config = (cluster: JsonObject, user: JsonObject = {}): string =>
  kubeconfig({
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'one', user: 'me' } }],
    clusters: [{ name: 'one', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
    users: [{ name: 'me', user }],
  });

const FILE = '/etc/kube/config';

const parse = (text: string, context?: string) => readKubeconfig([{ file: FILE, text }], context);

const read = (text: string, context?: string): ClusterAccess | undefined => {
  const access = parse(text, context);
  return access.ok ? access.value : undefined;
};

const refusals = (text: string, context?: string): readonly string[] => {
  const access = parse(text, context);
  return access.ok ? [] : access.problems.map(({ key, message }) => `${key}: ${message}`);
};

describe('a kubeconfig', () => {
  test('says where the cluster is, whom to trust, and who asks', () => {
    const cluster = {
      'certificate-authority-data': base64('the authority'),
      'tls-server-name': 'kubernetes',
    };
    const user = { 'client-certificate-data': base64('me'), 'client-key-data': base64('my key') };
    expect(read(config(cluster, user))).toEqual({
      address: 'https://10.0.0.1:6443',
      serverName: 'kubernetes',
      authority: { text: 'the authority' },
      certificate: { text: 'me' },
      key: { text: 'my key' },
    });
    expect(read(config({}, { token: 'my token' }))).toEqual({
      address: 'https://10.0.0.1:6443',
      token: { text: 'my token' },
    });
  });

  test('names files, relative to where it is', () => {
    const user = { 'client-certificate': 'pki/me.crt', 'client-key': '/etc/me.key', tokenFile: 'token' };
    expect(read(config({ 'certificate-authority': 'ca.crt' }, { ...user, token: 'older' }))).toEqual({
      address: 'https://10.0.0.1:6443',
      authority: { file: '/etc/kube/ca.crt' },
      certificate: { file: '/etc/kube/pki/me.crt' },
      key: { file: '/etc/me.key' },
      token: { file: '/etc/kube/token' },
    });
  });

  test('may be several files, of which the first that names something counts', () => {
    const first = kubeconfig({
      'current-context': 'here',
      clusters: [{ name: 'one', cluster: { server: 'https://first', 'certificate-authority': 'ca.crt' } }],
    });
    const second = kubeconfig({
      'current-context': 'there',
      contexts: [{ name: 'here', context: { cluster: 'one', user: 'me' } }],
      clusters: [{ name: 'one', cluster: { server: 'https://second' } }],
      users: [{ name: 'me', user: { token: 'mine' } }],
    });
    const inputs = [
      { file: '/a/config', text: first },
      { file: '/b/config', text: second },
    ];
    expect(readKubeconfig(inputs, undefined)).toEqual({
      ok: true,
      value: {
        address: 'https://first',
        authority: { file: '/a/ca.crt' },
        token: { text: 'mine' },
      },
    });
  });

  test('may have another context than the current one', () => {
    const text = kubeconfig({
      'current-context': 'here',
      contexts: [
        { name: 'here', context: { cluster: 'one' } },
        { name: 'there', context: { cluster: 'two' } },
      ],
      clusters: [{ name: 'two', cluster: { server: 'https://two' } }],
    });
    expect(read(text, 'there')).toEqual({ address: 'https://two' });
    expect(refusals(text, 'elsewhere')).toEqual([`${FILE}: has no context elsewhere, only here, there`]);
    expect(refusals(text)).toEqual([
      `context here of ${FILE}: names no cluster with a server such as https://10.0.0.1:6443`,
    ]);
  });
});

describe('refused, with what to do instead, is', () => {
  test.each([
    ['a proxy', { 'proxy-url': 'http://user:canary@proxy:3128' }, {}, 'proxy-url'],
    ['a server of which nobody looks who it is', { 'insecure-skip-tls-verify': true }, {}, 'insecure-skip'],
    ['a program', {}, { exec: { command: 'aws', args: ['canary'] } }, 'exec'],
    [
      'a plugin',
      {},
      { 'auth-provider': { name: 'oidc', config: { 'id-token': 'canary' } } },
      'auth-provider',
    ],
    ['a password', {}, { username: 'canary', password: 'canary' }, 'username'],
    ['to ask for somebody else', {}, { token: 'canary', as: 'canary' }, 'as'],
  ])('%s', (_, cluster, user, field) => {
    const problems = refusals(config(cluster, user));
    expect(problems).toHaveLength(1);
    expect(problems.join()).toContain(`(${field}`);
    expect(problems.join()).toContain('run `kubectl proxy`, and give --server http://127.0.0.1:8001');
    expect(problems.join()).not.toContain('canary');
  });

  test('what is set to nothing is not set', () => {
    const cluster = { 'proxy-url': '', 'insecure-skip-tls-verify': false };
    expect(read(config(cluster, { username: '', exec: null }))).toEqual({ address: 'https://10.0.0.1:6443' });
  });

  test('everything at once', () => {
    expect(
      refusals(config({ server: 'ftp://x', 'proxy-url': 'x' }, { exec: {}, username: 'me' })),
    ).toHaveLength(4);
  });

  test.each(['http://10.0.0.1:8080', 'https://me:canary@10.0.0.1', 'https://', 'kubernetes', ''])(
    'the address "%s"',
    (server) => {
      const problems = refusals(config({ server }));
      expect(problems).toHaveLength(1);
      expect(problems.join()).not.toContain('canary');
    },
  );

  test('but not a plain one on loopback', () => {
    for (const server of ['http://127.0.0.1:8001', 'http://localhost:8001', 'http://[::1]:8001'])
      expect(read(config({ server }))).toEqual({ address: server });
  });

  test('what is no YAML, or says nothing', () => {
    expect(refusals('a: [')).toEqual([expect.stringMatching(/^\/etc\/kube\/config:1: This is no YAML/u)]);
    expect(refusals('')).toEqual([`${FILE}: has no current-context; name one with --context`]);
    expect(refusals(kubeconfig({ 'current-context': 'x' }))).toEqual([`${FILE}: has no context x`]);
    const nobody = kubeconfig({
      'current-context': 'x',
      contexts: [{ name: 'x', context: { cluster: 'one', user: 'me' } }],
    });
    expect(refusals(nobody)).toEqual([`context x of ${FILE}: names a user, me, whom no file has`]);
  });
});
