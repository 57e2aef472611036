import { expect, test } from 'vitest';
import { type Answer, faults } from '../../../deploy/demo/verdict.ts';

const before: Answer = { accepted: true, key: '…aaaa', pid: 7, model: 'abc', loadedInMs: 90 };
const after: Answer = { ...before, key: '…bbbb' };
const withOldKey: Answer = { ...after, accepted: false };

test('a new key, the same process, the same model and a refused old key are no fault', () => {
  expect(faults({ before, after, withOldKey })).toEqual([]);
});

test('another PID is a restart', () => {
  expect(faults({ before, after: { ...after, pid: 8 }, withOldKey })).toEqual([
    'The model server restarted: PID 7 became 8',
  ]);
});

test('another checksum is a model that was loaded again', () => {
  expect(faults({ before, after: { ...after, model: 'def' }, withOldKey })).toEqual([
    'The model was loaded again: abc became def',
  ]);
});

test('every fault is told, not only the first', () => {
  const found = faults({
    before,
    after: { ...after, pid: 8, model: 'def', accepted: false },
    withOldKey: { ...withOldKey, accepted: true },
  });
  expect(found).toHaveLength(4);
});
