import { expect, test } from 'vitest';
import { annotationsIn } from '#contract/json.ts';
import { parseAnnotations } from '../../../injector/annotations/parse.ts';
import { parseOnce } from '../../../injector/annotations/parse-once.ts';
import { cases, load } from '../../golden/cases.ts';
import { annotations, nativeAnnotations, SETTINGS } from '../admission/example.ts';

test.each(cases)('the annotations of %s say the same at first, and again', (name) => {
  const { pod, settings } = load(name);
  const found = annotationsIn(pod);
  expect(parseOnce(found, settings)).toEqual(parseAnnotations(found, settings));
  expect(parseOnce({ ...found }, settings)).toEqual(parseAnnotations(found, settings));
});

test('what was read once is remembered for the same defaults, and for no others', () => {
  const defaults = { ...SETTINGS };
  const read = parseOnce(annotations(), defaults);
  expect(parseOnce(annotations(), defaults)).toBe(read);
  expect(parseOnce(nativeAnnotations(), defaults)).not.toBe(read);
  const others = { ...SETTINGS, pollMs: 1000 };
  expect(parseOnce(annotations(), others).injection.pollMs).toBe(1000);
});

test('what was not asked for any more is forgotten, and what is asked for is not', () => {
  const defaults = { ...SETTINGS };
  const [first, second] = [annotations({ role: 'first' }), annotations({ role: 'second' })];
  const [kept, gone] = [parseOnce(first, defaults), parseOnce(second, defaults)];
  for (let other = 0; other < 300; other += 1) {
    parseOnce(annotations({ role: `other-${other}` }), defaults);
    parseOnce(first, defaults);
  }
  expect(parseOnce(first, defaults)).toBe(kept);
  expect(parseOnce(second, defaults)).not.toBe(gone);
});

test('long ones are read each time', () => {
  const defaults = { ...SETTINGS };
  const long = annotations({ 'agent-inject-template-api': 'x'.repeat(10_000) });
  expect(parseOnce(long, defaults)).not.toBe(parseOnce(long, defaults));
});
