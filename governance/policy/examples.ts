import type { JsonObject } from '#contract/json.ts';

/** The container of the pods that policies are shown with. */
export const SERVED_BY: JsonObject = { name: 'model-server', image: 'registry.example/model-server:7' };

/** A pod of team-a. */
export const pod = (spec: JsonObject, annotations?: Readonly<Record<string, string>>): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'model', namespace: 'team-a', ...(annotations && { annotations }) },
  spec,
});
