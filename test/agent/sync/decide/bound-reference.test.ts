import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTemplate } from '#contract/template/parse.ts';
import { placeOf } from '../../../../agent/provider/infisical/place.ts';
import type { SecretRef } from '../../../../agent/provider/provider.ts';
import { encodePath, parsePath } from '../../../../agent/provider/vault/path.ts';
import { isRefBound } from '../../../../agent/sync/decide/bound-reference.ts';
import { readNamespace } from '../../../../agent/sync/decide/namespace.ts';
import { evaluate } from '../../../../agent/template/evaluate.ts';
import { FUNCTIONS } from '../../../../agent/template/functions/table.ts';
import { TemplateError } from '../../../../agent/template/error.ts';

const { binding } = readNamespace({
  'sidekey.dev/infisical': 'app/dev/team-a/',
  'sidekey.dev/vault-paths': '/secret/data/team-a/,secret/team-a',
});

/** What people, and those who mean harm, may write between slashes. */
const NAMES = [
  'secret',
  'data',
  'team-a',
  'team-b',
  'app',
  'dev',
  'Team-A',
  'team-a ',
  'x',
  ' ',
  '',
] as const;
const CLIMBS = [
  '..',
  '.',
  '%2e%2e',
  '%2E.',
  '..%2f',
  'team-a%2f..',
  '%252e%252e',
  '\u{ff0e}\u{ff0e}',
] as const;
const SIGNS = ['%2F', '%00', '%', '?', '?x=/..', '#', '\\..'] as const;
const PART = fc.constantFrom(...NAMES, ...CLIMBS, ...SIGNS);
const PATH = fc
  .tuple(
    fc.constantFrom('secret/data/team-a', 'secret/team-a', 'app/dev/team-a', '/app', ''),
    fc.array(PART, { maxLength: 5 }),
  )
  .map(([head, parts]) => [head, ...parts].join('/'));

/** What a template asks for that builds its paths as it is rendered. */
function askedBy(text: string): readonly SecretRef[] {
  const asked: SecretRef[] = [];
  const secret = (ref: SecretRef): undefined => void asked.push(ref);
  try {
    evaluate(
      { template: parseTemplate({ text, left: '{{', right: '}}' }), functions: FUNCTIONS },
      {
        has: () => true,
        secret,
        env: () => undefined,
        now: () => new Date(0),
      },
    );
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
  }
  return asked;
}

const quoted = (text: string): string => JSON.stringify(text);

/** Undefined if the store is not even asked. */
function whereItLeads(ref: SecretRef): string | undefined {
  try {
    if (ref.store === 'vault')
      return new URL(`https://vault/v1/${encodePath(parsePath(ref.path).path)}`).pathname;
    const { project, environment, folder } = placeOf(ref);
    return `${project}/${environment}${folder}`;
  } catch {
    return undefined;
  }
}

const BELOW = /^(?:\/v1\/secret\/(?:data\/)?team-a(?:\/.*)?|app\/dev\/team-a(?: |\/.*)?)$/u;

describe('what a namespace may have', () => {
  test('is what is below its bindings', () => {
    const calls = [
      'secret "secret/data/team-a/x"',
      'secrets "secret/team-a"',
      'listSecrets "app" "dev" "team-a"',
    ];
    const asked = calls.flatMap((call) => askedBy(`{{ with ${call} }}{{ end }}`));
    expect(asked.map((ref) => isRefBound(binding, ref))).toEqual([true, true, true]);
  });

  test('leads nowhere but below what it is bound to, however it is spelled', () => {
    fc.assert(
      fc.property(PATH, fc.constantFrom('app', 'app ', 'APP'), PATH, (path, project, folder) => {
        const calls = [
          `secret ${quoted(path)}`,
          `secret (printf "%s" ${quoted(path)}) "k=v"`,
          `secrets ${quoted(path)}`,
          `listSecrets ${quoted(project)} "dev" ${quoted(folder)}`,
          `getSecretByName ${quoted(project)} "dev" ${quoted(folder)} "../x"`,
          `dynamicSecret ${quoted(project)} "dev" ${quoted(folder)} "x"`,
        ];
        const asked = calls.flatMap((call) => askedBy(`{{ with ${call} }}{{ end }}`));
        const places = asked
          .filter((ref) => isRefBound(binding, ref))
          .flatMap((ref) => whereItLeads(ref) ?? []);
        expect(places.filter((place) => !BELOW.test(place))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
