import { describe, expect, test } from 'vitest';
import { annotationsIn } from '#contract/json.ts';
import { PLACEHOLDER, STATUS_KEYS } from '#contract/secret-sync.ts';
import { type Decision, decide } from '../../../../agent/sync/decide/decide.ts';
import { readSecret } from '../../../../agent/sync/decide/live-secret.ts';
import { UNKNOWN, type Wanted } from '../../../../agent/sync/decide/wanted.ts';
import { base64, NOW, secretObject } from './world.ts';

const ASKS = { 'infisical.com/secret-sync': 'true' };

const wanting = (values: Readonly<Record<string, string>>): Wanted => ({
  ...UNKNOWN,
  complete: true,
  values: new Map(Object.entries(values).map(([key, value]) => [key, base64(value)])),
});

describe('the version of a Secret', () => {
  const status = { ...ASKS, [STATUS_KEYS.version]: '41', [STATUS_KEYS.managedKeys]: 'token' };
  const full = readSecret(secretObject(status, { token: 't1' }));
  const { edition } = decide(full, wanting({ token: 't1' }), NOW);
  const versionOf = (decision: Decision): string | undefined =>
    annotationsIn(decision.apply ?? {})[STATUS_KEYS.version];

  test.each([
    ['emptied', secretObject(status, { token: '' })],
    ['given its placeholder back', secretObject(status, { token: PLACEHOLDER })],
    ['edited', secretObject(status, { token: 'edited' })],
    ['replaced, its annotations with it', secretObject(ASKS, undefined)],
  ])('is the same when it gets back what it held: %s', (_, object) => {
    expect(versionOf(decide(readSecret(object), wanting({ token: 't1' }), NOW, edition))).toBe('41');
  });

  test('is another one with another value, and never an old one', () => {
    const emptied = readSecret(secretObject(ASKS, { token: '' }));
    expect(versionOf(decide(emptied, wanting({ token: 't2' }), NOW, edition))).toBe('42');
    expect(versionOf(decide(full, wanting({ token: 't2' }), NOW, edition))).toBe('42');
    expect(versionOf(decide(full, wanting({ token: 't2' }), NOW))).toBe('42');
  });
});
