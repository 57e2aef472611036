import { expect, test } from 'vitest';
import { applyObject } from '#platform/kubernetes/apply.ts';
import { answer, NEVER, refuse, scriptedApi } from './scripted-api.ts';

const APPLICATION = {
  path: '/api/v1/namespaces/ml/secrets/model-registry',
  object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'model-registry', uid: 'u-1' } },
  fieldManager: 'sidekey-sync',
  force: true,
};

test('an object is applied in the manager’s name, and given back as it is now', async () => {
  await using api = await scriptedApi([answer(200, { kind: 'Secret', data: { token: 'Yg==' } })]);
  expect(await applyObject(api.kubernetes, APPLICATION, NEVER)).toEqual({
    kind: 'Secret',
    data: { token: 'Yg==' },
  });
  expect(api.asked).toMatchObject([
    {
      method: 'PATCH',
      path: APPLICATION.path,
      query: { fieldManager: 'sidekey-sync', force: 'true' },
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: JSON.stringify(APPLICATION.object),
    },
  ]);
});

test('a field of another manager is a conflict of its own kind', async () => {
  const causes = [
    { reason: 'FieldManagerConflict', message: 'conflict with "kubectl"', field: '.data.token' },
  ];
  await using api = await scriptedApi([refuse(409, 'Conflict', { causes })]);
  await expect(applyObject(api.kubernetes, { ...APPLICATION, force: false }, NEVER)).rejects.toMatchObject({
    reason: 'conflict',
    conflict: 'owned',
    fields: ['.data.token'],
  });
});
