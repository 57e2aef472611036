import { expect, test } from 'vitest';
import { agentSecurityContext } from '../../../injector/pod/security.ts';

test.each([0, -1, 1.5, Infinity, 2 ** 60, '1000', null])('a user %j of the pod is nobody’s', (runAsUser) => {
  const spec = { securityContext: { runAsUser }, containers: [{ name: 'a' }] };
  expect(agentSecurityContext(spec, { files: [] }, false)).toMatchObject({ runAsUser: 65_532 });
});
