import { expect, test } from 'vitest';
import { VERSION } from '#platform/version.ts';
import manifest from '../../package.json' with { type: 'json' };

test('the version in the metrics is that of the package', () => {
  expect(VERSION).toBe(manifest.version);
});
