import { describe, expect, it, test } from 'vitest';
import { type JsonObject, listIn } from '#contract/json.ts';
import {
  agentOf,
  API,
  configOf,
  decide,
  MOUNT,
  placesOf,
  problems,
  specWith,
  volumesOf,
  warned,
} from './migrating.ts';

/** Where files are, of a pod that comes from the Vault Agent Injector. */

describe('directories', () => {
  it('hold a file each of one name', () => {
    const keys = {
      'agent-inject-file-api': 'tls.crt',
      'secret-volume-path-api': '/etc/a',
      'agent-inject-secret-b': 'secret/data/b',
      'agent-inject-file-b': 'tls.crt',
      'secret-volume-path-b': '/etc/b',
    };
    expect(placesOf(keys)).toEqual(['/etc/a/tls.crt', '/etc/b/tls.crt']);
  });

  it('may stand inside one another, as folders', () => {
    const keys = {
      'agent-inject-secret-jmx': 'secret/data/jmx',
      'secret-volume-path-jmx': '/vault/secrets/jmx',
      'agent-inject-file-jmx': 'jmxremote.password',
      'agent-inject-token': 'true',
    };
    const config = configOf(keys);
    expect(config.files.map(({ volume, path }) => [volume, path])).toEqual([
      ['/vault/secrets', 'api'],
      ['/vault/secrets', 'jmx/jmxremote.password'],
      ['/vault/secrets', 'token'],
    ]);
    const outer = { ...keys, 'secret-volume-path-jmx': '/vault' };
    expect(configOf(outer).files.map(({ volume, path }) => [volume, path])).toEqual([
      ['/vault', 'secrets/api'],
      ['/vault', 'jmxremote.password'],
      ['/vault', 'secrets/token'],
    ]);
  });

  it('have one thing in one place, be it in a directory or a folder', () => {
    const keys = {
      'agent-inject-file-api': 'jmx/password',
      'agent-inject-secret-jmx': 'secret/data/jmx',
      'secret-volume-path-jmx': '/vault/secrets/jmx',
      'agent-inject-file-jmx': 'password',
    };
    expect(problems(decide(keys))).toEqual([expect.stringContaining('as does')]);
  });

  it('join a path from the root to themselves', () => {
    expect(
      placesOf({ 'agent-inject-file-api': '/some/secret/here.txt', 'secret-volume-path-api': '/app' }),
    ).toEqual(['/app/some/secret/here.txt']);
  });
});

describe('a setting of how to log in', () => {
  it('is spelt with hyphens or underscores', () => {
    const keys = { 'auth-type': 'jwt', 'auth-config-remove_jwt_after_reading': 'false' };
    expect(decide(keys)).toMatchObject({ outcome: 'injected', warnings: [] });
  });

  test.each(['auth-config-audience', 'auth-config-credential_poll_interval', 'auth-config-path'])(
    'is ignored, with a warning, if Vault Agent does not look at it: %s',
    (key) => {
      const verdict = decide({ [key]: 'anything' });
      expect(verdict.outcome).toBe('injected');
      expect(warned(verdict)).toEqual([expect.stringMatching(/^is ignored: /u)]);
    },
  );

  it('is the role, before that of the configuration', () => {
    const verdict = decide({ role: 'a', 'auth-config-role': 'b' });
    expect(warned(verdict)).toEqual(['is ignored: vault.hashicorp.com/role counts before it']);
    expect(configOf({ role: 'a', 'auth-config-role': 'b' }).vault?.auth).toMatchObject({ role: 'a' });
  });
});

describe('a file that the agent needs', () => {
  const OWN = '/run/sidekey/token/vault';

  test.each([`${API}/token`, API.slice('/var'.length) + '/token'])('is its own token for %s', (path) => {
    const jwt = { 'auth-type': 'jwt', 'auth-config-path': path };
    expect(configOf(jwt).vault?.auth).toMatchObject({ tokenFile: OWN });
    expect(configOf({ 'auth-config-token-path': path }).vault?.auth).toMatchObject({ tokenFile: OWN });
  });

  it('may be the authority of the cluster, which the pod has mounted', () => {
    const keys = { 'ca-cert': `${API.slice('/var'.length)}/ca.crt` };
    expect(configOf(keys).vault).toMatchObject({ caFile: `${API}/ca.crt` });
    expect(listIn(agentOf(keys), 'volumeMounts')).toContainEqual(MOUNT);
  });

  it('is left to the API server to mount where no container has it yet, and refused where it will not', () => {
    const keys = { 'ca-cert': `${API}/ca.crt` };
    expect(decide(keys, specWith([])).outcome).toBe('injected');
    expect(problems(decide(keys, specWith([], { automountServiceAccountToken: false })))).toEqual([
      expect.stringMatching(/^ca-cert .*where nothing is mounted/u),
    ]);
  });

  const copied = specWith([MOUNT, { name: 'openbao-token', mountPath: '/var/run/secrets/openbao/' }]);
  const copying = {
    'agent-copy-volume-mounts': 'app',
    'auth-config-token-path': '/var/run/secrets/openbao/token',
  };

  it('may be in a mount that is copied', () => {
    expect(configOf(copying, copied).vault?.auth).toMatchObject({
      tokenFile: '/var/run/secrets/openbao/token',
    });
    expect(listIn(agentOf(copying, copied), 'volumeMounts')).toContainEqual({
      name: 'openbao-token',
      mountPath: '/var/run/secrets/openbao/',
      readOnly: true,
    });
  });

  it('is refused where it is in none', () => {
    const elsewhere = { ...copying, 'auth-config-token-path': '/var/run/secrets/elsewhere/token' };
    expect(problems(decide(elsewhere, copied))).toEqual([
      expect.stringMatching(
        /^auth-config-token-path is "\/var\/run\/secrets\/elsewhere\/token", where nothing is mounted/u,
      ),
    ]);
    expect(
      problems(decide({ 'auth-config-token-path': '/var/run/secrets/openbao/token' }, copied)),
    ).toHaveLength(1);
  });

  const projected = {
    volumes: [
      {
        name: 'vault-token',
        projected: { sources: [{ serviceAccountToken: { path: 'jwt', audience: 'vault' } }] },
      },
    ],
  };
  const VOLUME = { 'agent-service-account-token-volume-name': 'vault-token' };

  it('is the token of a volume, where the first container has that, or where nothing else is', () => {
    const mounted = specWith(
      [MOUNT, { name: 'vault-token', mountPath: '/var/run/secrets/tokens' }],
      projected,
    );
    expect(configOf(VOLUME, mounted).vault?.auth).toMatchObject({ tokenFile: '/var/run/secrets/tokens/jwt' });
    expect(configOf(VOLUME, specWith([MOUNT], projected)).vault?.auth).toMatchObject({
      tokenFile: '/var/run/secrets/vault.hashicorp.com/serviceaccount/jwt',
    });
    const both = { ...VOLUME, 'agent-copy-volume-mounts': 'app' };
    const places = listIn(agentOf(both, mounted), 'volumeMounts').map((mount) => mount['mountPath']);
    expect(places).toEqual([...new Set(places)]);
  });

  it('is for whom the token is good that the pod has as its account, as with the Vault Agent Injector', () => {
    const sources = [{ serviceAccountToken: { path: 'token', audience: 'openbao' } }];
    const own = specWith([{ ...MOUNT, name: 'token' }], {
      volumes: [{ name: 'token', projected: { sources } }],
    });
    const tokenOf = (keys: Readonly<Record<string, string>>, spec: JsonObject): unknown =>
      volumesOf(keys, spec).find((volume) => volume['name'] === 'sidekey-token');
    expect(tokenOf({ 'auth-config-token-path': `${API}/token` }, own)).toMatchObject({
      projected: { sources: [{ serviceAccountToken: { audience: 'openbao' } }] },
    });
    expect(JSON.stringify(tokenOf({}, specWith()))).not.toContain('audience');
    const named = {
      'agent-service-account-token-volume-name': 'token',
      'auth-config-token-path': `${API}/token`,
    };
    expect(configOf(named, own).vault?.auth).toMatchObject({ tokenFile: `${API}/token` });
    expect(listIn(agentOf(named, own), 'volumeMounts')).toContainEqual({ ...MOUNT, name: 'token' });
    expect(tokenOf(named, own)).toBeUndefined();
  });

  it('is never mounted over what the agent has of its own', () => {
    const over = specWith([{ name: 'vault-token', mountPath: '/run/sidekey/state' }], projected);
    expect(configOf(VOLUME, over).vault?.auth).toMatchObject({
      tokenFile: '/var/run/secrets/vault.hashicorp.com/serviceaccount/jwt',
    });
  });

  it('is named beside its volume, too', () => {
    const path = '/var/run/secrets/vault.hashicorp.com/serviceaccount/jwt';
    const keys = { ...VOLUME, 'auth-config-token-path': path };
    expect(configOf(keys, specWith([MOUNT], projected)).vault?.auth).toMatchObject({ tokenFile: path });
  });
});
