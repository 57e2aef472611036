import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { compareAcls, compareRoles, policiesOf, readAcl } from '../../../governance/diff/acl.ts';
import { describePath, type Difference } from '../../../governance/diff/difference.ts';

const short = (found: readonly Difference[]): readonly string[] =>
  found.map(({ kind, path }) => `${kind} ${describePath(path)}`);

const RULES = `# What the pods of team-a may read.

path "secret/data/team-a" {
  capabilities = ["read"]
}

path "secret/data/team-a/*" {
  capabilities = ["read", "list"]
}
`;

/** As OpenBao answers. */
const acl = (policy: string, more: JsonObject = {}): JsonObject => ({
  name: 'sidekey-team-a',
  policy,
  version: 3,
  modified: '2026-01-01T00:00:00Z',
  cas_required: false,
  allow_wildcards_in_identity_templates: false,
  ...more,
});

describe('a policy', () => {
  test('is its paths, and what may be done with each', () => {
    expect(readAcl(RULES)).toEqual({
      rules: {
        'secret/data/team-a': { capabilities: ['read'] },
        'secret/data/team-a/*': { capabilities: ['read', 'list'] },
      },
    });
  });

  test('is the same in another order, with other blanks and comments', () => {
    const other = `path "secret/data/team-a/*"{capabilities=["list",
      "read",]} // a comment
      /* path "secret/*" { capabilities = ["sudo"] } */
      path "secret/data/team-a" { # path "x" {
        capabilities = [ "read" ] }`;
    expect(short(compareAcls(RULES, acl(other)))).toEqual([]);
  });

  test('is another with one more path, one more capability, or one less', () => {
    const wider = `${RULES}path "secret/data/*" { capabilities = ["read"] }`;
    expect(short(compareAcls(RULES, acl(wider)))).toEqual(['extra rules[secret/data/*]']);
    const stronger = RULES.replace('["read"]', '["read", "sudo"]');
    expect(short(compareAcls(RULES, acl(stronger)))).toEqual([
      'extra rules[secret/data/team-a].capabilities[1]',
    ]);
    expect(short(compareAcls(RULES, acl('')))).toEqual([
      'missing rules[secret/data/team-a]',
      'missing rules[secret/data/team-a/*]',
    ]);
  });

  test('is another if a path stands there twice', () => {
    const twice = `${RULES}path "secret/data/team-a" { capabilities = ["delete"] }`;
    expect(short(compareAcls(RULES, acl(twice)))).toEqual(['extra rules[secret/data/team-a (again)]']);
  });

  test('is another by whatever else stands in it', () => {
    const parameters = RULES.replace(
      'capabilities = ["read"]\n',
      'capabilities = ["read"]\n  required_parameters = ["x"]\n',
    );
    expect(short(compareAcls(RULES, acl(parameters)))).toEqual(['extra rules[secret/data/team-a].rest']);
    const json = '{"path": {"secret/*": {"capabilities": ["read"]}}}';
    expect(short(compareAcls('', acl(json)))).toEqual(['extra rest']);
    const old = RULES.replace('capabilities = ["read"]', 'policy = "write"');
    expect(short(compareAcls(RULES, acl(old)))).toEqual([
      'missing rules[secret/data/team-a].capabilities',
      'extra rules[secret/data/team-a].rest',
    ]);
  });

  test('is another if the store reads more into it', () => {
    const more = { allow_wildcards_in_identity_templates: true };
    expect(short(compareAcls(RULES, acl(RULES, more)))).toEqual([
      'extra allow_wildcards_in_identity_templates',
    ]);
  });

  test('has paths with whatever in them', () => {
    const odd = String.raw`path "a#b" { capabilities = ["read"] } path "c\"d//e" { capabilities = [] } path "f{g}" {}`;
    expect(Object.keys(readAcl(odd)['rules'] ?? {})).toEqual(['a#b', 'c"d//e', 'f{g}']);
    expect(readAcl(odd)).not.toHaveProperty('rest');
  });

  test('is the same as itself, whatever its text, and no other than one that is no other than it', () => {
    const parts = fc.constantFrom(
      'path',
      '"a"',
      '"b/*"',
      '{',
      '}',
      'capabilities',
      '=',
      '["read"]',
      'x',
      '#',
      '\n',
    );
    const texts = fc.array(parts, { maxLength: 12 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        expect(compareAcls(one, acl(one))).toEqual([]);
        expect(compareAcls(one, acl(other)).length === 0).toBe(compareAcls(other, acl(one)).length === 0);
      }),
    );
  });
});

describe('a role', () => {
  const ROLE: JsonObject = {
    role_type: 'jwt',
    bound_audiences: ['openbao'],
    bound_claims: { sub: ['system:serviceaccount:team-a:team-a'], '/kubernetes.io/pod/uid': '*' },
    bound_subject: '',
    groups_claim: '',
    token_policies: ['sidekey-team-a'],
    token_bound_cidrs: [],
    token_period: 0,
    token_no_default_policy: false,
    token_ttl: 600,
  };
  /** What the store adds to it. */
  const answered = (more: JsonObject = {}): JsonObject => ({
    ...ROLE,
    allowed_redirect_uris: null,
    callback_mode: 'client',
    expiration_leeway: 0,
    oidc_scopes: null,
    policies: ['sidekey-team-a'],
    ttl: 600,
    verbose_oidc_logging: false,
    ...more,
  });

  test('is the same as the store answers with it', () => {
    expect(short(compareRoles(ROLE, answered()))).toEqual([]);
    const bare = answered({ bound_subject: null, groups_claim: null, token_bound_cidrs: null });
    expect(short(compareRoles(ROLE, bare))).toEqual([]);
  });

  test.each<[string, JsonObject, readonly string[]]>([
    ['one more policy', { token_policies: ['sidekey-team-a', 'root'] }, ['extra token_policies[1]']],
    [
      'one more account',
      { bound_claims: { sub: ['system:serviceaccount:team-a:team-a', 'x'], '/kubernetes.io/pod/uid': '*' } },
      ['extra bound_claims.sub[1]'],
    ],
    [
      'one claim less',
      { bound_claims: { sub: ['system:serviceaccount:team-a:team-a'] } },
      ['missing bound_claims[/kubernetes.io/pod/uid]'],
    ],
    ['a token that lives longer', { token_ttl: 86_400 }, ['changed token_ttl']],
    ['a token that can be renewed for ever', { token_period: 60 }, ['extra token_period']],
    ['patience with tokens that have ended', { expiration_leeway: 3600 }, ['extra expiration_leeway']],
    ['whoever has any audience', { bound_audiences: null }, ['missing bound_audiences']],
    ['another type', { role_type: 'oidc' }, ['changed role_type']],
  ])('is another with %s', (_, more, found) => {
    expect(short(compareRoles(ROLE, answered(more)))).toEqual(found);
  });

  test('gives policies', () => {
    expect(policiesOf(ROLE)).toEqual(['sidekey-team-a']);
    expect(policiesOf({ token_policies: null })).toEqual([]);
  });
});
