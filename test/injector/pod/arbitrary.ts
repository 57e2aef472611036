import * as fc from 'fast-check';
import type { JsonObject } from '#contract/json.ts';
import { examplePod } from '../admission/example.ts';

/** Names that do not collide with each other, nor with anything of the injector's. */
const names = (minLength: number): fc.Arbitrary<string[]> =>
  fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'model-server'), { minLength, maxLength: 4 });

const anything = fc
  .jsonValue({ maxDepth: 2 })
  .filter((value) => !JSON.stringify(value).includes('__proto__'));

/** A field that nobody knows yet, whatever is in it. */
const tomorrow = { fieldOfTomorrow: anything };

const quantities = fc.record(
  {
    cpu: fc.constantFrom('0', '1', '500m'),
    memory: fc.constantFrom('1Gi', '0'),
    'nvidia.com/gpu': fc.constant('1'),
  },
  { requiredKeys: [] },
);

const container = (name: string): fc.Arbitrary<JsonObject> =>
  fc.record(
    {
      name: fc.constant(name),
      resources: fc.record({ limits: quantities, requests: quantities }, { requiredKeys: [] }),
      env: fc.constantFrom([], [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }]),
      volumeMounts: fc.constantFrom(
        [],
        [{ name: 'v', mountPath: '/v' }],
        [{ name: 'v', mountPath: '/vault' }],
      ),
      restartPolicy: fc.constant('Always'),
      ...tomorrow,
    },
    { requiredKeys: ['name'] },
  ) as fc.Arbitrary<JsonObject>;

const containers = (minLength: number): fc.Arbitrary<JsonObject[]> =>
  names(minLength).chain((all) => fc.tuple(...all.map(container)));

/** Pods that ask for an agent and get one. */
export const pods: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      containers: containers(1),
      initContainers: containers(0),
      volumes: names(0).map((all) => all.map((name) => ({ name, emptyDir: {} }))),
      resources: fc.record({ limits: quantities }),
      hostNetwork: fc.boolean(),
      securityContext: fc.record({ runAsUser: fc.nat(2) }),
      ...tomorrow,
    },
    { requiredKeys: ['containers'] },
  )
  .map((spec) => examplePod(spec as JsonObject));
