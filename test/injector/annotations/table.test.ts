import { describe, expect, it } from 'vitest';
import { DROP_IN_RULES } from '../../../injector/annotations/drop-in-names.ts';
import { completeKey, type ParsedRule, type Rule } from '../../../injector/annotations/names.ts';
import { NATIVE_RULES } from '../../../injector/annotations/native-names.ts';
import { parseAnnotations, type ReadAnnotations } from '../../../injector/annotations/parse.ts';
import { annotations, nativeAnnotations, SETTINGS } from '../admission/example.ts';

const hasParser = (entry: readonly [string, Rule]): entry is [string, ParsedRule<unknown>] =>
  'parse' in entry[1];

/** No annotation may say this. */
const BAD = '\u0001 no good';

/** These are refused beside what the example logs in by, whatever they say. */
const OF_OTHER_METHODS =
  /^(?:auth-config-(?:role$|name|secret-id-response|remove-secret-id|remove-jwt|reload)|vault-auth-secret)/u;

const theirs = Object.entries<Rule>(DROP_IN_RULES)
  .filter(hasParser)
  .filter(([key]) => !OF_OTHER_METHODS.test(key))
  .map(([key, rule]) => [completeKey(key, 'api'), rule.form] as const);

const ours = Object.entries<Rule>(NATIVE_RULES)
  .filter(hasParser)
  .filter(([key]) => !OF_OTHER_METHODS.test(key))
  .map(([key, rule]) => [completeKey(key, 'api'), rule.form] as const);

const readTheirs = (more: Readonly<Record<string, string>>): ReadAnnotations =>
  parseAnnotations(annotations(more), SETTINGS);

const readOurs = (more: Readonly<Record<string, string>>): ReadAnnotations =>
  parseAnnotations(nativeAnnotations(more), SETTINGS);

describe('what the page of annotations says is expected', () => {
  it.each(theirs)('of vault.hashicorp.com/%s is what a bad value is told', (key, form) => {
    expect(form).not.toBe('');
    expect(readTheirs({ [key]: BAD }).problems).toContainEqual({
      key: `vault.hashicorp.com/${key}`,
      message: expect.stringMatching(/^is .*; expected /u) as string,
    });
    expect(
      readTheirs({ [key]: BAD })
        .problems.map(({ message }) => message)
        .join('\n'),
    ).toContain(form);
  });

  it.each(ours)('of sidekey.dev/%s is what a bad value is told', (key, form) => {
    expect(form).not.toBe('');
    expect(
      readOurs({ [key]: BAD })
        .problems.map(({ message }) => message)
        .join('\n'),
    ).toContain(form);
  });

  it('is said of every key that is followed', () => {
    const followed = Object.entries<Rule>({ ...DROP_IN_RULES, ...NATIVE_RULES }).filter(
      ([, { verdict }]) => verdict === 'followed',
    );
    for (const [key, { form }] of followed) expect(form, key).not.toBe('');
  });
});

it('only what no agent of ours could do is not followed', () => {
  const left = Object.entries<Rule>(DROP_IN_RULES).filter(([, { verdict }]) => verdict !== 'followed');
  expect(left.map(([key]) => key)).toEqual([
    'auth-config-X',
    'agent-configmap',
    'agent-cache-enable',
    'agent-cache-listener-port',
    'agent-cache-use-auto-auth-token',
    'agent-cache-exit-on-err',
    'agent-enable-quit',
    'agent-disable-idle-connections',
    'agent-disable-keep-alives',
    'agent-telemetry-X',
    'go-max-procs',
  ]);
});
