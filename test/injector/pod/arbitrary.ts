import * as fc from 'fast-check';
import type { JsonObject } from '#contract/json.ts';
import { annotations, nativeAnnotations, podWith } from '../admission/example.ts';

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

const INFISICAL = {
  'infisical-identity': 'i',
  'secret.env': 'infisical:ml/prod',
  'infisical-audience': 'infisical',
};

/** Of either family, and of both; of either store, and of both; with the client of universal auth. */
const asking = fc.constantFrom(
  annotations(),
  nativeAnnotations(),
  nativeAnnotations(INFISICAL),
  nativeAnnotations({ mode: 'init' }),
  nativeAnnotations({
    'infisical-auth': 'universal',
    'infisical-client-secret': 'client',
    'secret.env': 'infisical:ml/prod',
  }),
  { ...annotations(), ...nativeAnnotations(INFISICAL) },
);

const specs = fc.record(
  {
    containers: containers(1),
    initContainers: containers(0),
    volumes: names(0).map((all) => all.map((name) => ({ name, emptyDir: {} }))),
    resources: fc.record({ limits: quantities }),
    hostNetwork: fc.boolean(),
    securityContext: fc.record({ runAsUser: fc.nat(2) }),
    resourceClaims: fc.constant([{ name: 'card', resourceClaimTemplateName: 'card' }]),
    schedulingGates: fc.constant([{ name: 'kueue.x-k8s.io/admission' }]),
    shareProcessNamespace: fc.boolean(),
    overhead: fc.constant({ cpu: '250m' }),
    ...tomorrow,
  },
  { requiredKeys: ['containers'] },
);

/** Pods that ask for an agent and get one. */
export const pods: fc.Arbitrary<JsonObject> = fc
  .tuple(asking, specs)
  .map(([found, spec]) => podWith(found, spec as JsonObject));

const amount = fc.constantFrom('', '10m', '50m', '100m', '1', '2');
const size = fc.constantFrom('', '64Mi', '200Mi', '1Gi');

/** What a pod may want of its agent beside its secrets, good or bad. */
const dropInWishes = fc.record(
  {
    'agent-limits-cpu': amount,
    'agent-requests-cpu': amount,
    'agent-limits-mem': size,
    'agent-requests-mem': size,
    'agent-limits-ephemeral': size,
    'agent-requests-ephemeral': size,
    'agent-run-as-user': fc.constantFrom('0', '7', '1000'),
    'agent-set-security-context': fc.constantFrom('true', 'false'),
    'agent-init-first': fc.constantFrom('true', 'false'),
    'agent-pre-populate': fc.constantFrom('true', 'false'),
    'agent-pre-populate-only': fc.constantFrom('true', 'false'),
    'agent-inject-containers': fc.constantFrom('a', 'b,model-server', 'model-server'),
    'agent-inject-token': fc.constant('true'),
    'secret-volume-path-api': fc.constantFrom('/other', '/vault/secrets'),
  },
  { requiredKeys: [] },
);

const nativeWishes = fc.record(
  {
    cpu: fc.constantFrom('10m', '250m', '1', '2'),
    memory: fc.constantFrom('64Mi', '200Mi', '1Gi'),
    'volume-size': fc.constantFrom('16Mi', '64Mi'),
    'containers.api': fc.constantFrom('a', 'b,model-server', 'model-server'),
    'mode.api': fc.constantFrom('0444', '0644'),
    path: fc.constantFrom('/run/secrets/sidekey', '/other'),
  },
  { requiredKeys: [] },
);

const wishing = fc.oneof(
  dropInWishes.map((wishes) => annotations(wishes as Readonly<Record<string, string>>)),
  nativeWishes.map((wishes) => nativeAnnotations(wishes as Readonly<Record<string, string>>)),
);

/** Pods that ask for an agent of a certain kind. Not all of them get one. */
export const wishingPods: fc.Arbitrary<JsonObject> = fc
  .tuple(wishing, specs)
  .map(([found, spec]) => podWith(found, spec as JsonObject));
