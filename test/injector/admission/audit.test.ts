import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { handle } from '../../../injector/admission/handler.ts';
import { SKIP_REASONS } from '../../../injector/pod/decide.ts';
import { annotations, nativeAnnotations, podWith, requestFor, SETTINGS } from './example.ts';

/** Everything that may ever stand in an audit log of ours: keys, and their values. */
const NOTED: Readonly<Record<string, readonly string[]>> = {
  outcome: ['injected', 'skipped', 'denied', 'errored'],
  mode: ['run', 'init'],
  reason: Object.keys(SKIP_REASONS),
};

test('what is noted in the audit log is of a few words, whatever a pod says', () => {
  const outcomes = new Set<string>();
  const more = fc.dictionary(
    fc.constantFrom(
      'role',
      'mode',
      'vault-role',
      'inject',
      'agent-inject',
      'agent-pre-populate-only',
      'secret.x',
    ),
    fc.oneof(fc.string(), fc.constantFrom('true', 'false', 'init', 'vault:kv/a#b')),
  );
  const containers = fc.constantFrom([], [{ name: 'vault-agent' }], [{ name: 'main', image: 'a' }]);
  fc.assert(
    fc.property(more, containers, fc.boolean(), (keys, list, isNative) => {
      const found = isNative ? nativeAnnotations(keys) : annotations(keys);
      const { auditAnnotations = {} } = handle(requestFor(podWith(found, { containers: list })), SETTINGS);
      for (const [key, value] of Object.entries(auditAnnotations)) expect(NOTED[key]).toContain(value);
      outcomes.add(auditAnnotations['outcome'] ?? '');
    }),
    { numRuns: 500, seed: 7 },
  );
  expect([...outcomes].toSorted()).toEqual(['denied', 'injected', 'skipped']);
});
