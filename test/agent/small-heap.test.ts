import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const SUBJECT = new URL('../../agent/small-heap.ts', import.meta.url).href;

/** Tells of renders, makes objects of which some live on for a while, and prints what V8 has set aside for new ones. */
const program = (renders: string): string => `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { keepHeapSmall } from '${SUBJECT}';
  const at = (firstAt) => ({ render: { firstAt } });
  for (const [before, after] of ${renders}) keepHeapSmall({ before: at(before), after: at(after) });
  let kept = [];
  for (let made = 0; made < 5e6; made += 1) {
    kept.push({ made });
    if (kept.length > 20_000) kept = [];
  }
  console.log(getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size);
`;

/** In megabytes. */
async function spaceAfter(renders: string): Promise<number> {
  const args = ['--input-type=module', '-e', program(renders)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout) / 1e6;
}

test('from the first render on, the space for new objects does not grow', async () => {
  expect(await spaceAfter('[]')).toBeGreaterThan(8);
  expect(await spaceAfter('[[undefined, undefined], [undefined, 1000]]')).toBeLessThan(4);
});

test('until then it does as it likes', async () => {
  expect(await spaceAfter('[[undefined, undefined]]')).toBeGreaterThan(8);
});
