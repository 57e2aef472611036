import { describe, expect, it } from 'vitest';
import { parseAnnotations, type ReadAnnotations } from '../../../injector/annotations/parse.ts';
import { annotations, nativeAnnotations, SETTINGS } from '../admission/example.ts';

type Keys = Readonly<Record<string, string>>;

/** Both families in one pod; the keys of the other one first. */
const readBoth = (theirs: Keys, ours: Keys = {}): ReadAnnotations =>
  parseAnnotations({ ...annotations(theirs), ...nativeAnnotations(ours) }, SETTINGS);

describe('both families in one pod', () => {
  it.each([
    ['role', 'vault-role', 'a', 'b'],
    ['namespace', 'vault-namespace', 'a', ''],
    ['auth-type', 'vault-auth', 'jwt', 'kubernetes'],
    ['auth-path', 'vault-auth-path', 'auth/a', 'auth/b'],
    ['agent-pre-populate-only', 'mode', 'true', 'sidecar'],
  ])('say the same of %s and %s, or are refused', (theirs, ours, one, other) => {
    expect(keysOf(readBoth({ [theirs]: one }, { 'vault-role': 'ml', [ours]: other }))).toEqual([ours]);
  });

  it('spell it each in its own way', () => {
    const both = readBoth(
      { 'agent-pre-populate-only': 'true', 'auth-path': '/auth/a/', service: `${SETTINGS.vault.address}/` },
      { mode: 'init', 'vault-auth-path': 'auth/a', 'vault-address': SETTINGS.vault.address },
    );
    expect(both).toMatchObject({
      problems: [],
      injection: { mode: 'init', vault: { auth: { path: 'auth/a' } } },
    });
  });

  it('have what one of them says', () => {
    expect(readBoth({ 'agent-pre-populate-only': 'true' }).injection.mode).toBe('init');
    expect(readBoth({}, { mode: 'init' }).injection.mode).toBe('init');
  });

  it('have a directory each, and names of their own', () => {
    const { injection } = readBoth({});
    expect(injection.directories.map(({ path }) => path)).toEqual(['/vault/secrets', '/run/secrets/sidekey']);
    expect(injection.files.map(({ name, path }) => [name, path])).toEqual([
      ['api', 'api'],
      ['/run/secrets/sidekey/api', 'api'],
    ]);
    expect(injection.position).toBe('after-sidecars');
  });

  it('are read as often as the more frequent of them asks', () => {
    const interval = 'template-static-secret-render-interval';
    expect(readBoth({}).injection.pollMs).toBe(60_000);
    expect(readBoth({ [interval]: '10s' }).injection.pollMs).toBe(10_000);
    expect(readBoth({}, { poll: '10m' }).injection.pollMs).toBe(300_000);
    expect(parseAnnotations(nativeAnnotations({ poll: '10m' }), SETTINGS).injection.pollMs).toBe(600_000);
  });

  it('have the interval of the drop-in family for its files alone, and for all that they are made of', () => {
    const { injection } = readBoth({ 'template-static-secret-render-interval': '10s' });
    expect(injection.files.map(({ volume, pollMs }) => [volume, pollMs])).toEqual([
      ['/vault/secrets', 10_000],
      ['/run/secrets/sidekey', undefined],
    ]);
    expect(readBoth({}).injection.files.map(({ pollMs }) => pollMs)).toEqual([undefined, undefined]);
  });

  it('need no file of the family that asks', () => {
    const { injection, problems } = parseAnnotations(
      { ...annotations(), 'sidekey.dev/vault-audience': 'vault', 'sidekey.dev/poll': '1s' },
      SETTINGS,
    );
    expect(problems).toEqual([]);
    expect(injection).toMatchObject({
      position: 'last',
      directories: [{ volume: 'sidekey-secrets' }],
      credentials: [{ store: 'vault', audience: 'vault' }],
      pollMs: 1000,
    });
  });
});

const keysOf = ({ problems }: ReadAnnotations): readonly string[] =>
  problems.map(({ key }) => key.replace('sidekey.dev/', ''));
