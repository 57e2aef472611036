import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeReview, encodeReview } from '../../../injector/admission/review.ts';

const REVIEW = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'a-uid',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    namespace: 'team-a',
    userInfo: { username: 'somebody' },
    object: { spec: {} },
    aFieldOfTomorrow: true,
  },
};

const withRequest = (change: object): unknown => ({ ...REVIEW, request: { ...REVIEW.request, ...change } });

describe('a review', () => {
  it('is read into what decisions are made from', () => {
    expect(decodeReview(REVIEW)).toEqual({
      ok: true,
      value: {
        uid: 'a-uid',
        operation: 'CREATE',
        resource: 'v1/pods',
        namespace: 'team-a',
        dryRun: false,
        object: { spec: {} },
      },
    });
  });

  it('names groups and subresources', () => {
    const resource = { group: 'apps', version: 'v1', resource: 'deployments' };
    expect(decodeReview(withRequest({ resource, subResource: 'scale' }))).toMatchObject({
      value: { resource: 'apps/v1/deployments/scale' },
    });
  });

  it('need not have an object, nor a namespace', () => {
    expect(
      decodeReview(withRequest({ operation: 'DELETE', object: null, namespace: undefined })),
    ).toMatchObject({
      value: { operation: 'DELETE', object: {}, namespace: '' },
    });
  });

  it('is refused with every problem', () => {
    const decoded = decodeReview({
      apiVersion: 'admission.k8s.io/v1beta1',
      kind: 'Pod',
      request: { object: [] },
    });
    expect(decoded.ok ? [] : decoded.problems.map(({ key }) => key)).toEqual([
      'AdmissionReview.apiVersion',
      'AdmissionReview.kind',
      'AdmissionReview.request.object',
      'AdmissionReview.request.uid',
      'AdmissionReview.request.operation',
      'AdmissionReview.request.resource',
    ]);
  });

  it('is refused, and never throws, whatever else it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(decodeReview(body).ok).toBe(false);
      }),
    );
  });

  it('is what an answer is wrapped in', () => {
    expect(encodeReview({ uid: 'a-uid', allowed: true })).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'a-uid', allowed: true },
    });
  });
});
