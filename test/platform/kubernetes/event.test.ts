import { describe, expect, test } from 'vitest';
import type { Occurrence } from '#platform/kubernetes/event-body.ts';
import { bodies, FAILED, scene } from './event-scene.ts';

describe('an Event', () => {
  test('is made beside the object, as kubectl looks for it', async () => {
    const { clock, recorder, calls } = scene();
    recorder.record(FAILED);
    await clock.settle();
    expect(calls).toEqual([
      {
        method: 'POST',
        path: '/api/v1/namespaces/ml/events',
        body: {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { generateName: 'model-registry.', namespace: 'ml' },
          involvedObject: FAILED.involved,
          type: 'Warning',
          reason: 'SyncFailed',
          message: FAILED.note,
          source: { component: 'sidekey-sync' },
          reportingComponent: 'sidekey-sync',
          reportingInstance: 'sync-7d9f',
          count: 1,
          firstTimestamp: '2027-01-15T08:00:00Z',
          lastTimestamp: '2027-01-15T08:00:00Z',
        },
      },
    ]);
  });

  test('about an object without a namespace is made in default', async () => {
    const { clock, recorder, calls } = scene();
    recorder.record({ ...FAILED, involved: { ...FAILED.involved, namespace: '' } });
    await clock.settle();
    expect(calls[0]?.path).toBe('/api/v1/namespaces/default/events');
    expect(calls[0]?.body).toMatchObject({ metadata: { namespace: 'default' } });
    expect(calls[0]?.body).not.toHaveProperty('involvedObject.namespace');
  });

  test('that says more than the API server takes is cut', async () => {
    const here = scene();
    here.recorder.record({ ...FAILED, note: 'a'.repeat(2000) });
    await here.clock.settle();
    expect(bodies(here)[0]).toMatchObject({ message: 'a'.repeat(1024) });
  });

  test('that comes again within ten minutes is counted up', async () => {
    const { clock, recorder, calls } = scene();
    for (let times = 0; times < 3; times += 1) {
      recorder.record(FAILED);
      await clock.advance(599_000);
    }
    expect(calls.slice(1)).toEqual([
      {
        method: 'PATCH',
        path: '/api/v1/namespaces/ml/events/event-1',
        type: 'merge',
        body: { count: 2, lastTimestamp: '2027-01-15T08:09:59Z' },
      },
      {
        method: 'PATCH',
        path: '/api/v1/namespaces/ml/events/event-1',
        type: 'merge',
        body: { count: 3, lastTimestamp: '2027-01-15T08:19:58Z' },
      },
    ]);
  });

  test('that comes again after ten minutes is another', async () => {
    const { clock, recorder, calls } = scene();
    recorder.record(FAILED);
    await clock.advance(600_000);
    recorder.record(FAILED);
    await clock.settle();
    expect(calls.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  test.each<[string, Occurrence]>([
    ['reason', { ...FAILED, reason: 'Synced' }],
    ['type', { ...FAILED, type: 'Normal' }],
    ['note', { ...FAILED, note: 'something else' }],
    ['object', { ...FAILED, involved: { ...FAILED.involved, uid: 'u-2' } }],
  ])('of another %s is another', async (_, other) => {
    const { clock, recorder, calls } = scene();
    recorder.record(FAILED);
    recorder.record(other);
    await clock.settle();
    expect(calls.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  test('of another version of the object is the same', async () => {
    const { clock, recorder, calls } = scene();
    recorder.record(FAILED);
    await clock.settle();
    recorder.record({ ...FAILED, involved: { ...FAILED.involved, resourceVersion: '8' } });
    await clock.settle();
    expect(calls.map(({ method }) => method)).toEqual(['POST', 'PATCH']);
  });

  test('that the API server has forgotten is made anew', async () => {
    const { clock, recorder, calls, faults } = scene();
    recorder.record(FAILED);
    await clock.settle();
    faults.push('not_found');
    recorder.record(FAILED);
    await clock.settle();
    recorder.record(FAILED);
    await clock.settle();
    expect(calls.map(({ method, path }) => `${method} ${path.slice(path.lastIndexOf('/') + 1)}`)).toEqual([
      'POST events',
      'PATCH event-1',
      'POST events',
      'PATCH event-3',
    ]);
  });
});
