import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { Admission } from '../admission-stage.ts';
import { agentOf, ASKS } from '../pods.ts';
import { declaredBy, render } from './rendered.ts';

const NAMESPACE = 'sidekey-test-tenancy';

/** Everything that a container could have to speak of is counted. */
const tenancy = declaredBy(`
apiVersion: sidekey.dev/v1
kind: Tenant
metadata: {name: ${NAMESPACE}}
spec:
  namespaces: [${NAMESPACE}]
  podSecurity: privileged
  accelerators: {allow: [{resource: nvidia.com/mig-3g.40gb, max: 2}]}
  compute: {requests.cpu: 64, limits.cpu: 64, requests.memory: 64Gi, limits.memory: 64Gi, requests.ephemeral-storage: 64Gi, limits.ephemeral-storage: 64Gi}
`);

let stage: Admission;

beforeAll(async () => {
  stage = await Admission.start(NAMESPACE);
  await using files = await render(tenancy);
  await stage.cluster.kubectl(['apply', '--recursive', '-f', `${files.directory}/kubernetes`]);
  // The quota is counted first.
  await eventually('a pod', PATIENCE_MS, () => stage.create({ annotations: ASKS }, '--dry-run=server'));
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

it('a pod that says nothing gets an agent, and both get what the quota wants them to speak of', async () => {
  const pod = await stage.create({ annotations: ASKS });
  const counted = ['cpu', 'ephemeral-storage', 'memory'];
  for (const container of [agentOf(pod), pod.spec.containers[0]]) {
    expect(Object.keys(container?.resources?.requests ?? {})).toEqual(expect.arrayContaining(counted));
    expect(Object.keys(container?.resources?.limits ?? {})).toEqual(expect.arrayContaining(counted));
  }
});

it('a pod with all its limits is as guaranteed with the agent as without', async () => {
  const limits = { cpu: '4', memory: '8Gi', 'nvidia.com/mig-3g.40gb': 1 };
  const container = { name: 'model-server', image: 'model-server', resources: { limits } };
  const pod = await stage.create({ annotations: ASKS, spec: { containers: [container] } });
  expect(agentOf(pod)).toBeDefined();
  expect(pod).toMatchObject({ status: { qosClass: 'Guaranteed' } });
});
