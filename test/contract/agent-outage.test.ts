import { describe, expect, test } from 'vitest';
import { type AgentConfig, readConfig } from '../../contract/agent-config.ts';

type Fields = Readonly<Record<string, unknown>>;

const configOf = (onOutage: unknown): Fields => ({
  version: 1,
  vault: { address: 'https://vault:8200', auth: { role: 'r', tokenFile: '/t' } },
  files: [{ name: 'api', volume: '/run/secrets/sidekey', path: 'api', template: { text: 'x' } }],
  onOutage,
});

function ruleOf(onOutage: unknown): AgentConfig['onOutage'] {
  const result = readConfig(configOf(onOutage));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  expect(result.value.warnings).toEqual([]);
  return result.value.config.onOutage;
}

describe('the rule for outages', () => {
  test.each([undefined, null])('is none where there is %s: nothing changes', (none) => {
    expect(ruleOf(none)).toBeUndefined();
  });

  test.each(['remove', 'fail'] as const)(
    'may be to %s, after a quarter of an hour if nothing is said',
    (action) => {
      expect(ruleOf({ action })).toEqual({ action, deadlineMs: 900_000 });
      expect(ruleOf({ action, deadlineMs: 0 })).toEqual({ action, deadlineMs: 0 });
    },
  );

  test.each<[Fields, string]>([
    [{ action: 'restart' }, 'config.onOutage.action'],
    [{ action: 'remove', deadlineMs: -1 }, 'config.onOutage.deadlineMs'],
    [{ action: 'remove', deadlineMs: '15m' }, 'config.onOutage.deadlineMs'],
  ])('is refused where it is %j', (rule, key) => {
    expect(readConfig(configOf(rule))).toMatchObject({ ok: false, problems: [{ key }] });
  });
});
