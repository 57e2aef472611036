import { describe, expect, it } from 'vitest';
import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { review } from '../../../injector/admission/handler.ts';
import type { Settings } from '../../../injector/admission/settings.ts';
import {
  annotations,
  injected,
  nativeAnnotations,
  podWith,
  requestFor,
  SETTINGS,
} from '../admission/example.ts';

type Keys = Readonly<Record<string, string>>;

const theirs = (more: Keys, spec: JsonObject = {}): JsonObject => podWith(annotations(more), spec);
const ours = (more: Keys, spec: JsonObject = {}): JsonObject => podWith(nativeAnnotations(more), spec);

const keyOf = (key: string): string => key.replace(/^[^/]+\//u, '');

/** The keys of what a pod is denied for, or warned of. */
function said(
  pod: JsonObject,
  settings: Settings = SETTINGS,
): { readonly denied: string[]; readonly warned: string[] } {
  const verdict = review(requestFor(pod), settings);
  const problems = verdict.outcome === 'denied' ? verdict.problems : [];
  return {
    denied: problems.map(({ key }) => keyOf(key)),
    warned: verdict.warnings.map(({ key }) => keyOf(key)),
  };
}

const fine = { denied: [], warned: [] };

const agentOf = (pod: JsonObject): JsonObject =>
  listIn(objectIn(pod, 'spec'), 'initContainers').find((one) => textIn(one, 'name').startsWith('sidekey-')) ??
  {};

const contextOf = (pod: JsonObject): JsonObject => objectIn(agentOf(injected(pod)), 'securityContext');

const SERVER = { name: 'model-server', image: 'registry.example/model-server:7' };
const as = (runAsUser: number): JsonObject => ({
  containers: [{ ...SERVER, securityContext: { runAsUser } }],
});

describe('the user of the agent', () => {
  it('is the one that is named, whatever the pod’s', () => {
    const named = { 'agent-run-as-user': '100', 'agent-run-as-group': '200' };
    expect(contextOf(theirs(named, as(7)))).toMatchObject({
      runAsUser: 100,
      runAsGroup: 200,
      runAsNonRoot: true,
    });
  });

  it('may have to be the first container’s, which then has to have one that is not root', () => {
    const same = { 'agent-run-as-same-user': 'true', 'agent-run-as-user': '100' };
    expect(contextOf(theirs(same, as(7)))).toMatchObject({ runAsUser: 7 });
    expect(contextOf(theirs(same, { securityContext: { runAsUser: 8 } }))).toMatchObject({ runAsUser: 8 });
    expect(said(theirs(same)).denied).toEqual(['agent-run-as-same-user']);
    expect(said(theirs(same, as(0))).denied).toEqual(['agent-run-as-same-user']);
  });

  it('is left to the cluster where the pod wants that, and nothing else is', () => {
    const context = contextOf(theirs({ 'agent-set-security-context': 'false' }, as(7)));
    expect(context).toMatchObject({ runAsNonRoot: true, readOnlyRootFilesystem: true });
    expect(context).not.toHaveProperty('runAsUser');
    expect(context).not.toHaveProperty('runAsGroup');
  });

  it('has to be that of the process that it sends signals to', () => {
    const signalling = { 'agent-inject-command-api': 'kill -HUP server', 'agent-run-as-user': '100' };
    const shared = { shareProcessNamespace: true };
    expect(said(theirs(signalling, { ...shared, ...as(7) })).denied).toEqual(['agent-run-as-user']);
    expect(said(theirs(signalling, { ...shared, ...as(100) }))).toEqual(fine);
  });
});

describe('a shared process namespace', () => {
  const asking = { 'agent-share-process-namespace': 'true', 'agent-inject-command-api': 'kill -HUP server' };

  it('is what a pod may ask for, and signals go there', () => {
    expect(objectIn(injected(theirs(asking, as(7))), 'spec')['shareProcessNamespace']).toBe(true);
  });

  it('is refused against what the pod says itself', () => {
    expect(said(theirs(asking, { ...as(7), shareProcessNamespace: false })).denied).toContain(
      'agent-share-process-namespace',
    );
    expect(
      said(theirs({ 'agent-share-process-namespace': 'false' }, { shareProcessNamespace: true })).denied,
    ).toEqual(['agent-share-process-namespace']);
  });
});

describe('the volume with the token to log in with', () => {
  const asking = { 'agent-service-account-token-volume-name': 'account' };
  const token = { serviceAccountToken: { path: 'jwt', audience: 'vault' } };
  const volume = { name: 'account', projected: { sources: [{ configMap: { name: 'ca' } }, token] } };

  it('is mounted into the agent in place of a token of its own', () => {
    const pod = injected(theirs(asking, { volumes: [volume] }));
    const mounts = listIn(agentOf(pod), 'volumeMounts').map((mount) => textIn(mount, 'name'));
    expect(mounts).toContain('account');
    expect(mounts).not.toContain('sidekey-token');
    const [{ value = '' } = {}] = listIn(agentOf(pod), 'env') as { value?: string }[];
    expect(Buffer.from(value, 'base64').toString()).toContain('/vault.hashicorp.com/serviceaccount/jwt"');
  });

  it('has to be there, and to hold one', () => {
    for (const volumes of [[], [{ name: 'account', emptyDir: {} }]])
      expect(said(theirs(asking, { volumes })).denied).toEqual(['agent-service-account-token-volume-name']);
  });
});

describe('a template in a file', () => {
  const asking = { 'agent-inject-template-file-b': '/vault/custom/b.tmpl' };

  it('has to be below something that is mounted into the agent', () => {
    expect(said(theirs({ ...asking, 'agent-extra-secret': 'templates' }))).toEqual(fine);
    expect(said(theirs(asking)).denied).toEqual(['agent-inject-template-file-b']);
    const copied = {
      'agent-inject-template-file-b': '/etc/t/b.tmpl',
      'agent-copy-volume-mounts': 'model-server',
    };
    const mounted = { containers: [{ ...SERVER, volumeMounts: [{ name: 't', mountPath: '/etc/t/' }] }] };
    expect(said(theirs(copied, mounted))).toEqual(fine);
  });

  it('is not below a mount that stands for devices, which the agent does not get', () => {
    const place = '/var/run/nvidia-container-devices/all';
    const copied = {
      'agent-inject-template-file-b': `${place}/b.tmpl`,
      'agent-copy-volume-mounts': 'model-server',
    };
    const mounted = { containers: [{ ...SERVER, volumeMounts: [{ name: 't', mountPath: place }] }] };
    expect(said(theirs(copied, mounted)).denied).toEqual(['agent-inject-template-file-b']);
  });

  it.each(['relative', '/vault/custom/../tls/a', '/vault/custom//a'])('is not anywhere else: %s', (path) => {
    const bad = { 'agent-inject-template-file-b': path, 'agent-extra-secret': 'templates' };
    expect(said(theirs(bad)).denied).toEqual(['agent-inject-template-file-b']);
  });
});

describe('a mode that keeps others out', () => {
  const own = (mode: string, spec: JsonObject): readonly string[] =>
    said(ours({ 'mode.api': mode }, spec)).denied;

  it('needs a reader who is the agent, or of its group', () => {
    expect(own('0440', {})).toEqual(['mode.api']);
    expect(own('0440', { securityContext: { fsGroup: 7 } })).toEqual([]);
    expect(own('0400', { securityContext: { fsGroup: 7 } })).toEqual(['mode.api']);
    expect(own('0400', as(7))).toEqual([]);
    expect(own('0400', { containers: [...listIn(as(7), 'containers'), { ...SERVER, name: 'b' }] })).toEqual([
      'mode.api',
    ]);
    expect(own('0644', {})).toEqual([]);
  });

  it('is a warning in the drop-in family, where the image may say more', () => {
    expect(said(theirs({ 'agent-inject-perms-api': '0400' }))).toEqual({
      denied: [],
      warned: ['agent-inject-perms-api'],
    });
  });
});

describe('the image of the agent', () => {
  const images = (allowed: readonly string[]): Settings => ({ ...SETTINGS, limits: { images: allowed } });

  it('is the one that is named, if the operator allows it', () => {
    const pod = theirs({ 'agent-image': 'registry.example/agent:2' });
    expect(textIn(agentOf(injected(pod, images(['registry.example/agent:2']))), 'image')).toBe(
      'registry.example/agent:2',
    );
    expect(said(pod).denied).toEqual(['agent-image']);
    expect(said(ours({ image: 'hashicorp/vault:1' })).denied).toEqual(['image']);
  });

  it.each([
    'hashicorp/vault:1.20.0',
    'quay.io/openbao/openbao',
    'vault',
    'docker.io/hashicorp/vault-enterprise:1-ent',
  ])('is the operator’s in place of that of another agent: %s', (image) => {
    expect(said(theirs({ 'agent-image': image }))).toEqual({ denied: [], warned: ['agent-image'] });
  });
});

it('names of containers that there are not are refused, or a warning in the drop-in family', () => {
  expect(said(ours({ 'containers.api': 'model-server,absent' })).denied).toEqual(['containers.api']);
  expect(said(theirs({ 'agent-inject-containers': 'absent' }))).toEqual({
    denied: [],
    warned: ['agent-inject-containers'],
  });
});

it('more names of containers than any pod has are refused, and not looked for', () => {
  const names = (count: number): string => Array.from({ length: count }, (_, index) => `c${index}`).join();
  const verdict = review(requestFor(ours({ 'containers.api': names(1001) })), SETTINGS);
  expect(verdict).toMatchObject({
    outcome: 'denied',
    problems: [{ key: 'sidekey.dev/containers.api', message: expect.stringMatching(/at most 1000 names/u) }],
  });
  const containers = Array.from({ length: 1000 }, (_, index) => ({ ...SERVER, name: `c${index}` }));
  expect(said(ours({ 'containers.api': names(1000) }, { containers }))).toEqual(fine);
});

it('of very many containers, some are listed', () => {
  const containers = Array.from({ length: 1000 }, (_, index) => ({ ...SERVER, name: `c${index}` }));
  const verdict = review(requestFor(ours({ 'containers.api': 'absent' }, { containers })), SETTINGS);
  const [problem] = verdict.outcome === 'denied' ? verdict.problems : [];
  expect(problem?.message).toMatch(/expected some of c0, c1, .*, c19 and 980 more$/u);
  const many = Array.from({ length: 1000 }, (_, index) => `absent${index}`).join();
  const { warnings } = review(requestFor(theirs({ 'agent-inject-containers': many })), SETTINGS);
  expect(warnings[0]?.message).toMatch(/"absent19" and 980 more, and the pod has no such container/u);
});

describe('proxies', () => {
  const proxied = (allowedProxies: readonly string[]): Settings => ({
    ...SETTINGS,
    vault: { ...SETTINGS.vault, proxy: 'http://default.example:3128', allowedProxies },
  });

  it('are the operator’s, or those that it allows', () => {
    const pod = theirs({ 'proxy-address': 'http://other.example:3128' });
    expect(said(pod, proxied(['http://other.example:3128']))).toEqual(fine);
    expect(said(pod, proxied([])).denied).toEqual(['proxy-address']);
    expect(said(pod).denied).toEqual(['proxy-address']);
    expect(said(theirs({ 'proxy-address': '' }), proxied([]))).toEqual(fine);
  });
});
