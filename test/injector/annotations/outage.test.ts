import { describe, expect, it } from 'vitest';
import { parseAnnotations, type ReadAnnotations } from '../../../injector/annotations/parse.ts';
import { nativeAnnotations, SETTINGS } from '../admission/example.ts';

const read = (more: Readonly<Record<string, string>>): ReadAnnotations =>
  parseAnnotations(nativeAnnotations(more), SETTINGS);

const keysOf = ({ problems }: ReadAnnotations): readonly string[] => problems.map(({ key }) => key);

describe('what an outage changes', () => {
  it.each([{}, { 'on-outage': 'keep' }])('is nothing with %j', (annotations) => {
    const { injection, problems } = read(annotations);
    expect(problems).toEqual([]);
    expect(injection.onOutage).toBeUndefined();
  });

  it.each(['remove', 'fail'])(
    'is as the pod says: %s, after a quarter of an hour or the time it names',
    (action) => {
      expect(read({ 'on-outage': action }).injection.onOutage).toEqual({ action, deadlineMs: 900_000 });
      expect(read({ 'on-outage': action, 'outage-deadline': '1h' })).toMatchObject({
        problems: [],
        injection: { onOutage: { action, deadlineMs: 3_600_000 } },
      });
    },
  );

  it.each([
    ['a word that is none', { 'on-outage': 'restart' }, ['on-outage']],
    ['a word that is none, with a time', { 'on-outage': 'restart', 'outage-deadline': '1h' }, ['on-outage']],
    ['a time that is none', { 'on-outage': 'remove', 'outage-deadline': 'soon' }, ['outage-deadline']],
    ['a time for nothing', { 'outage-deadline': '1h' }, ['outage-deadline']],
    ['a time for keeping', { 'on-outage': 'keep', 'outage-deadline': '1h' }, ['outage-deadline']],
    [
      'something to do in a pod whose agent has ended',
      { 'on-outage': 'remove', mode: 'init' },
      ['on-outage'],
    ],
  ])('is refused with %s', (_, annotations, keys) => {
    expect(keysOf(read(annotations as never))).toEqual(keys.map((key) => `sidekey.dev/${key}`));
  });
});
