import type { JsonObject } from '#contract/json.ts';
import { describePath } from '../../../governance/diff/difference.ts';
import { compareObjects } from '../../../governance/diff/kind.ts';

/** What differs, in short. */
export const differences = (want: JsonObject, have: JsonObject): readonly string[] =>
  compareObjects(want, have).map(({ kind, path }) => `${kind} ${describePath(path)}`);

/** As the API server answers: with what it adds by itself. */
export const served = (object: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  ...object,
  metadata: {
    uid: '1f0e',
    resourceVersion: '7',
    creationTimestamp: '2026-01-01T00:00:00Z',
    managedFields: [{ manager: 'kubectl', operation: 'Apply' }],
    ...(object['metadata'] as JsonObject),
    ...metadata,
  },
  status: { phase: 'Active', hard: { pods: '1' } },
});
