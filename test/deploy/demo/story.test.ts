import { expect, test } from 'vitest';
import { createStory } from '../../../deploy/demo/story.ts';

function tell(colour: boolean): { readonly lines: string[]; readonly story: ReturnType<typeof createStory> } {
  const lines: string[] = [];
  let now = 1000;
  const story = createStory({
    print: (line) => void lines.push(line),
    colour,
    now: () => (now += 500),
  });
  return { lines, story };
}

test('steps are numbered and lines carry the seconds since the beginning', () => {
  const { lines, story } = tell(false);
  story.step('Begin');
  story.say('first');
  story.step('Go on');
  story.say('second');
  expect(lines).toEqual(['\n1  Begin', '    0.50 s  first', '\n2  Go on', '    1.00 s  second']);
});

test('further lines of one saying stand below the first', () => {
  const { lines, story } = tell(false);
  story.say('try\nthis');
  expect(lines).toEqual(['    0.50 s  try', '            this']);
});

test('without a terminal nothing is coloured', () => {
  const { lines, story } = tell(false);
  story.step('Begin');
  story.fail('broken');
  expect(lines.join('')).not.toContain('\u001B');
});

test('on a terminal a failure is red', () => {
  const { lines, story } = tell(true);
  story.fail('broken');
  expect(lines.join('')).toContain('\u001B[31mbroken\u001B[0m');
});
