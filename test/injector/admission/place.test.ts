import { describe, expect, test } from 'vitest';
import { review, type Verdict } from '../../../injector/admission/handler.ts';
import { decide, inNamespace, problemsOf, sidekey } from './deciding.ts';
import { annotations, nativeAnnotations, podWith, requestFor, SETTINGS } from './example.ts';

/** What the agent is told. */
function configOf(verdict: Verdict): unknown {
  if (verdict.outcome !== 'injected') throw new Error(JSON.stringify(verdict));
  const [, text = ''] = /"name":"SIDEKEY_CONFIG","value":"([^"]+)"/u.exec(JSON.stringify(verdict.pod)) ?? [];
  return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
}

describe('a namespace', () => {
  test('says for its pods what they do not say themselves', () => {
    const settings = inNamespace({
      'vault-role': 'team-a',
      'vault-auth': 'jwt',
      'vault-auth-path': 'auth/gpu',
      'vault-namespace': 'ml',
      'vault-audience': 'vault',
    });
    const pod = sidekey({ inject: 'true', 'secret.api': 'vault:secret/data/ml#key' });
    const verdict = decide(pod, settings);
    expect(configOf(verdict)).toMatchObject({
      vault: { namespace: 'ml', auth: { method: 'jwt', path: 'auth/gpu', role: 'team-a' } },
    });
    expect(JSON.stringify(verdict)).toContain('"audience":"vault"');
  });

  test('comes after what a pod says, in either family', () => {
    const settings = inNamespace({ 'vault-role': 'team-a', 'vault-namespace': 'ml' });
    const auth = { role: 'ml' };
    expect(configOf(decide(nativeAnnotations(), settings))).toMatchObject({ vault: { auth } });
    expect(configOf(decide(annotations(), settings))).toMatchObject({ vault: { namespace: 'ml', auth } });
  });

  test('says which machine identity its pods are', () => {
    const settings = inNamespace({ 'infisical-identity': 'an-identity', 'infisical-audience': 'infisical' });
    const pod = sidekey({ inject: 'true', 'secret.api': 'infisical:ml/prod/api#KEY' });
    const verdict = decide(pod, settings);
    expect(configOf(verdict)).toMatchObject({ infisical: { auth: { identityId: 'an-identity' } } });
    expect(JSON.stringify(verdict)).toContain('"audience":"infisical"');
  });

  test('chooses an address of the operator’s list, and no other', () => {
    const vault = { ...SETTINGS.vault, allowedAddresses: ['https://eu.vault.example'] };
    const allowed = inNamespace({ 'vault-address': 'https://eu.vault.example/' }, { vault });
    expect(configOf(decide(nativeAnnotations(), allowed))).toMatchObject({
      vault: { address: 'https://eu.vault.example' },
    });
    const foreign = inNamespace({ 'vault-address': 'https://evil.example' }, { vault });
    expect(problemsOf(decide(nativeAnnotations(), foreign))['sidekey.dev/vault-address']).toMatch(
      /^of the namespace is "https:\/\/evil\.example"; expected an address that the operator allows/u,
    );
    const own = nativeAnnotations({ 'vault-address': SETTINGS.vault.address });
    expect(configOf(decide(own, allowed))).toMatchObject({ vault: { address: SETTINGS.vault.address } });
  });

  test('says which images of the agent its pods may name beside the operator’s, and no others', () => {
    const settings = inNamespace({ 'allowed-images': 'registry.example/agent:2' });
    const naming = (image: string): Verdict => decide(nativeAnnotations({ image }), settings);
    expect(JSON.stringify(naming('registry.example/agent:2'))).toContain(
      '"image":"registry.example/agent:2"',
    );
    expect(problemsOf(naming('registry.example/agent:3'))['sidekey.dev/image']).toMatch(
      /"registry\.example\/agent:3"; expected .*"registry\.example\/agent:2"/u,
    );
    const limits = { images: ['registry.example/agent:3'] };
    const ofOperator = decide(nativeAnnotations({ image: 'registry.example/agent:3' }), {
      ...SETTINGS,
      limits,
    });
    expect(ofOperator.outcome).toBe('injected');
  });

  test('that cannot be understood lets no pod in that asks, and all of it is said', () => {
    const settings = inNamespace({ 'vault-paths': '../x', 'allowed-reloads': 'shout', 'vault-auth': 'ldap' });
    const problems = problemsOf(decide(nativeAnnotations(), settings));
    expect(Object.keys(problems).toSorted()).toEqual(
      Object.keys(sidekey({ 'allowed-reloads': '', 'vault-auth': '', 'vault-paths': '' })),
    );
    for (const message of Object.values(problems)) expect(message).toMatch(/^of the namespace is "/u);
    expect(review(requestFor(podWith({})), settings).outcome).toBe('skipped');
  });

  test('that is not known yet lets no pod in that asks', () => {
    const settings = { ...SETTINGS, namespaces: new Map() };
    expect(problemsOf(decide(nativeAnnotations(), settings))).toHaveProperty(['metadata.namespace']);
    expect(review(requestFor(podWith({})), settings).outcome).toBe('skipped');
  });
});
