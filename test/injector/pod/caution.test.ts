import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import { review } from '../../../injector/admission/handler.ts';
import { nativeAnnotations, podWith, requestFor, SETTINGS } from '../admission/example.ts';

const HTTP = { 'reload.api': 'http:POST http://[::1]:8000/reload?model=a' };
const HEADER = { 'reload-header.api': 'Authorization: Bearer file:api' };

function warningsOf(keys: Readonly<Record<string, string>>, spec: JsonObject): readonly Problem[] {
  const pod = podWith(nativeAnnotations(keys), { containers: [{ name: 'a', image: 'a' }], ...spec });
  const { outcome, warnings } = review(requestFor(pod), SETTINGS);
  expect(outcome).toBe('injected');
  return warnings;
}

describe("a pod on the node's network", () => {
  const onNode = { hostNetwork: true };

  it('is warned that others of the node may be told in its place', () => {
    const [warning, ...more] = warningsOf(HTTP, onNode);
    expect([warning?.key, more]).toEqual(['sidekey.dev/reload.api', []]);
    expect(warning?.message).toMatch(/hostNetwork: true; whoever listens at \[::1\]:8000 gets it$/u);
  });

  it('and shown a secret', () => {
    const [warning] = warningsOf({ ...HTTP, ...HEADER }, onNode);
    expect(warning?.message).toMatch(/gets it, with the secret in its header$/u);
    expect(`${warning?.key}: ${warning?.message}`.length).toBeLessThanOrEqual(256);
  });

  it.each<[string, Readonly<Record<string, string>>, JsonObject]>([
    ['tells nobody', {}, onNode],
    ['has a network of its own', HTTP, { hostNetwork: false }],
    ['says nothing of its network', HTTP, {}],
  ])('is not warned if it %s', (_, keys, spec) => {
    expect(warningsOf(keys, spec)).toEqual([]);
  });
});
