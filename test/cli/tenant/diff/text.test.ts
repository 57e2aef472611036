import { expect, test } from 'vitest';
import { diffJson } from '../../../../cli/tenant/diff/json.ts';
import { diffText } from '../../../../cli/tenant/diff/text.ts';
import { COLOURED, PLAIN } from '../../../../cli/text/paint.ts';
import { type Outcome, together } from '../../../../governance/diff/drift.ts';

const OUTCOME: Outcome = together([
  {
    compared: 7,
    drifts: [
      {
        destination: 'kubernetes',
        subject: 'Namespace team-a',
        tenant: 'team-a',
        kind: 'different',
        differences: [
          {
            kind: 'changed',
            path: ['metadata', 'annotations', 'sidekey.dev/gpu-resources'],
            want: 'a',
            have: 'b',
          },
          { kind: 'missing', path: ['metadata', 'labels', 'sidekey.dev/tenant'], want: 'team-a' },
          { kind: 'extra', path: ['spec', 'rules', 0], have: { verbs: ['*'] } },
        ],
      },
      {
        destination: 'kubernetes',
        subject: 'Namespace team-b',
        tenant: 'team-b',
        kind: 'missing',
        differences: [],
      },
    ],
    unanswered: [{ destination: 'kubernetes', message: 'Cannot list namespaces: grant it' }],
  },
  {
    compared: 2,
    drifts: [
      {
        destination: 'vault',
        subject: 'role auth/jwt/role/by-hand',
        tenant: '',
        kind: 'extra',
        reason: 'it gives the policy sidekey-team-a, and no tenant declares it',
        differences: [],
      },
    ],
    unanswered: [],
  },
]);

const TEXT = `Kubernetes

  ~ Namespace team-a is not as declared
      ~ metadata.annotations[sidekey.dev/gpu-resources]
          declared: "a"
          found:    "b"
      - metadata.labels[sidekey.dev/tenant]: "team-a"
      + spec.rules[0]: {"verbs":["*"]}

  - Namespace team-b is not there

  ? not compared
      Cannot list namespaces: grant it

OpenBao

  + role auth/jwt/role/by-hand is declared by nobody
      it gives the policy sidekey-team-a, and no tenant declares it

9 objects compared: 3 are not as declared; not everything could be asked
`;

test('people see what is where, in colours if they want', () => {
  expect(diffText(OUTCOME, { vault: 'OpenBao' }, PLAIN)).toBe(TEXT);
  const coloured = diffText(OUTCOME, { vault: 'OpenBao' }, COLOURED);
  // oxlint-disable-next-line no-control-regex -- They are the colours.
  expect(coloured.replaceAll(/\u001B\[\d+m/gu, '')).toBe(TEXT);
  expect(coloured).not.toBe(TEXT);
});

test('what is in step is one line, and so is nothing', () => {
  const all = { compared: 1, drifts: [], unanswered: [] };
  expect(diffText(all, { vault: 'Vault' }, PLAIN)).toBe('One object compared: all is as declared\n');
  const nothing = { compared: 0, drifts: [], unanswered: [] };
  expect(diffText(nothing, { vault: 'Vault' }, PLAIN)).toBe('Nothing was compared\n');
});

test('of long texts one sees where they part', () => {
  const [want, have] = [`${'a'.repeat(500)}yes${'b'.repeat(500)}`, `${'a'.repeat(500)}no${'b'.repeat(500)}`];
  const text = diffText(
    together([
      {
        compared: 1,
        drifts: [
          {
            destination: 'kubernetes',
            subject: 'x',
            tenant: '',
            kind: 'different',
            differences: [
              { kind: 'changed', path: ['spec'], want, have },
              { kind: 'extra', path: ['more'], have },
            ],
          },
        ],
        unanswered: [],
      },
    ]),
    { vault: 'Vault' },
    PLAIN,
  );
  expect(text).toMatch(/declared: …a{40}yesb+…\n {10}found: {4}…a{40}nob+…\n {6}\+ more: "a{159}…\n/u);
});

test('control characters of a cluster do not reach the terminal', () => {
  const have = '\u001B[2J\u0007';
  const drift = {
    destination: 'kubernetes',
    subject: 'x',
    tenant: '',
    kind: 'different',
    differences: [{ kind: 'changed', path: ['spec'], want: 'a', have }],
  } as const;
  expect(diffText({ compared: 1, drifts: [drift], unanswered: [] }, { vault: 'Vault' }, PLAIN)).toContain(
    String.raw`found:    "\u001b[2J\u0007"`,
  );
});

test('machines get everything, whole', () => {
  expect(JSON.parse(diffJson(OUTCOME))).toMatchObject({
    version: 1,
    compared: 9,
    drifts: [
      {
        destination: 'kubernetes',
        subject: 'Namespace team-a',
        tenant: 'team-a',
        kind: 'different',
        reason: null,
        differences: [
          { kind: 'changed', field: 'metadata.annotations[sidekey.dev/gpu-resources]', want: 'a', have: 'b' },
          { kind: 'missing', want: 'team-a', have: null },
          { kind: 'extra', field: 'spec.rules[0]', want: null, have: { verbs: ['*'] } },
        ],
      },
      { kind: 'missing', differences: [] },
      {
        destination: 'vault',
        tenant: null,
        kind: 'extra',
        reason: expect.stringContaining('gives the policy'),
      },
    ],
    unanswered: [{ destination: 'kubernetes', message: 'Cannot list namespaces: grant it' }],
  });
});
