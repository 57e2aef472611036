import { describe, expect, it } from 'vitest';
import type { OperatorDefaults } from '../../../injector/annotations/operator.ts';
import { parseAnnotations, type ReadAnnotations } from '../../../injector/annotations/parse.ts';
import { annotations, nativeAnnotations, SETTINGS } from '../admission/example.ts';

const read = (
  more: Readonly<Record<string, string>> = {},
  settings: OperatorDefaults = SETTINGS,
): ReadAnnotations => parseAnnotations(nativeAnnotations(more), settings);

const keysOf = ({ problems }: ReadAnnotations): readonly string[] =>
  problems.map(({ key }) => key.replace('sidekey.dev/', ''));

const IDENTITY = { 'infisical-identity': 'an-identity' };

describe('a store', () => {
  it('is there only if a file needs it, and so is what it asks for', () => {
    const { injection, problems } = parseAnnotations(
      {
        'sidekey.dev/inject': 'true',
        'sidekey.dev/secret.a': 'infisical:ml/prod#A',
        'sidekey.dev/infisical-identity': 'an-identity',
      },
      SETTINGS,
    );
    expect(problems).toEqual([]);
    expect(injection.vault).toBeUndefined();
    expect(injection.credentials).toEqual([{ kind: 'token', store: 'infisical' }]);
  });

  it.each([
    ['{{ secret "kv/a" }}', ['vault']],
    ['{{ range secrets "kv/" }}{{ . }}{{ end }}', ['vault']],
    ['{{ range listSecrets "ml" "prod" "/" }}{{ .Key }}{{ end }}', ['vault', 'infisical']],
    ['{{ with getSecretByName "ml" "prod" "/" "A" }}{{ .Value }}{{ end }}', ['vault', 'infisical']],
    ['{{/* listSecrets */}}{{ "listSecrets" }}', ['vault']],
  ])('is read from the functions that %j calls', (template, stores) => {
    const { injection, problems } = read({ ...IDENTITY, 'template.a': template });
    expect(problems).toEqual([]);
    expect(injection.credentials.map((credential) => 'store' in credential && credential.store)).toEqual(
      stores,
    );
  });

  it('is needed by some file', () => {
    const found = { 'sidekey.dev/inject': 'true', 'sidekey.dev/template.a': 'plain' };
    expect(keysOf(parseAnnotations(found, SETTINGS))).toEqual(['template.a']);
    const broken = { 'sidekey.dev/inject': 'true', 'sidekey.dev/template.a': '{{' };
    expect(parseAnnotations(broken, SETTINGS).problems).toHaveLength(1);
  });

  it('asks for its role or identity in the words of the file that needs it', () => {
    const roleless = { 'sidekey.dev/inject': 'true', 'sidekey.dev/secret.a': 'vault:kv/a' };
    expect(keysOf(parseAnnotations(roleless, SETTINGS))).toEqual(['vault-role']);
    const { 'vault.hashicorp.com/role': _, ...theirs } = annotations();
    expect(parseAnnotations(theirs, SETTINGS).problems[0]?.key).toBe('vault.hashicorp.com/role');
    expect(keysOf(read({ 'secret.env': 'infisical:ml/prod' }))).toEqual(['infisical-identity']);
  });

  it('that the operator has not set is refused where it is needed or configured, naming the variable', () => {
    const { infisical: _, ...vaultAlone } = SETTINGS;
    const { problems } = read(
      { ...IDENTITY, 'secret.env': 'infisical:ml/prod', 'infisical-address': 'https://a' },
      vaultAlone,
    );
    expect(problems).toEqual([
      {
        key: 'sidekey.dev/infisical-address',
        message: expect.stringContaining('SIDEKEY_INFISICAL_ADDRESS') as string,
      },
      {
        key: 'sidekey.dev/secret.env',
        message: expect.stringContaining('SIDEKEY_INFISICAL_ADDRESS') as string,
      },
    ]);
    const { vault: __, ...infisicalAlone } = SETTINGS;
    expect(read({}, infisicalAlone).problems).toEqual([
      { key: 'sidekey.dev/secret.api', message: expect.stringContaining('SIDEKEY_VAULT_ADDRESS') as string },
    ]);
  });
});

describe('universal auth', () => {
  const universal = { 'infisical-auth': 'universal', 'secret.env': 'infisical:ml/prod' };

  it('needs a Secret, and takes nothing of the other method', () => {
    expect(keysOf(read(universal))).toEqual(['infisical-client-secret']);
    const both = {
      ...universal,
      ...IDENTITY,
      'infisical-audience': 'a',
      'infisical-client-secret': 'client',
    };
    expect(keysOf(read(both))).toEqual(['infisical-audience', 'infisical-identity']);
  });

  it('is said, not guessed from the Secret', () => {
    const guessed = { ...IDENTITY, 'secret.env': 'infisical:ml/prod', 'infisical-client-secret': 'client' };
    expect(keysOf(read(guessed))).toEqual(['infisical-client-secret']);
  });

  it('has neither id nor secret in the configuration', () => {
    const { injection } = read({ ...universal, 'infisical-client-secret': 'client' });
    expect(injection.infisical?.auth).toEqual({
      method: 'universal',
      clientIdFile: '/run/sidekey/token/infisical-client-id',
      clientSecretFile: '/run/sidekey/token/infisical-client-secret',
    });
    expect(injection.credentials).toContainEqual({
      kind: 'secret',
      secretName: 'client',
      files: { clientId: 'infisical-client-id', clientSecret: 'infisical-client-secret' },
    });
  });
});
