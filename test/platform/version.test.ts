import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VERSION } from '../../platform/version.ts';

test('the version that the images tell is that of the package', () => {
  const path = join(import.meta.dirname, '../../package.json');
  expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveProperty('version', VERSION);
});
