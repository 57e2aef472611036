import type { JsonObject } from '#contract/json.ts';

/** What an API server asks of a pod that somebody makes, as it sends it. */
export const reviewOf = (pod: JsonObject): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'uid-1',
      operation: 'CREATE',
      namespace: 'ml',
      resource: { group: '', version: 'v1', resource: 'pods' },
      object: pod,
    },
  });
