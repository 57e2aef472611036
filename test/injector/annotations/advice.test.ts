import { expect, test } from 'vitest';
import { parseAnnotations } from '../../../injector/annotations/parse.ts';
import { annotations, nativeAnnotations, SETTINGS } from '../admission/example.ts';

/** So many keys of one kind. */
const many = (prefix: string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`${prefix}${index}`, 'x']));

// A pod may have some ten thousand of them, and each advice takes a millisecond of everybody's time.
test('what was meant is looked for as often as somebody may read it, and everything wrong is named', () => {
  const native = parseAnnotations({ ...nativeAnnotations(), ...many('sidekey.dev/secre.') }, SETTINGS);
  const advised = native.problems.filter(({ message }) => message.includes('the nearest of which'));
  expect([native.problems.length, advised.length]).toEqual([200, 50]);
  const unknown = many('vault.hashicorp.com/agent-injectsecret-');
  const dropIn = parseAnnotations({ ...annotations(), ...unknown }, SETTINGS);
  expect(dropIn.warnings).toHaveLength(200);
  const idle = parseAnnotations(
    { ...annotations(), ...many('vault.hashicorp.com/agent-inject-file-') },
    SETTINGS,
  );
  const meant = idle.warnings.filter(({ message }) => message.includes('meant?'));
  expect([idle.warnings.length, meant.length]).toEqual([200, 50]);
});
