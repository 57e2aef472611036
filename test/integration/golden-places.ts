import type { JsonObject } from '#contract/json.ts';

/** A namespace that demands something of what is made in it. */
export interface Place {
  readonly what: string;
  readonly name: string;
  readonly limitRange?: JsonObject;
  readonly quota?: JsonObject;
  /** True if the injector is told of the LimitRange. */
  readonly isKnown: boolean;
  /** How many of the golden pods it takes, at least. */
  readonly atLeast: number;
}

const ofContainers = (bounds: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'limits' },
  spec: { limits: [{ type: 'Container', ...bounds }] },
});

const ofAll = (hard: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'quota' },
  spec: { hard },
});

const DEFAULTS = {
  default: { cpu: '1', memory: '1Gi' },
  defaultRequest: { cpu: '500m', memory: '512Mi' },
};

const COMPUTE = {
  'requests.cpu': '10k',
  'limits.cpu': '10k',
  'requests.memory': '1Pi',
  'limits.memory': '1Pi',
};

export const PLACES: readonly Place[] = [
  {
    what: 'defaults and wide limits',
    name: 'sidekey-test-golden-wide',
    limitRange: ofContainers({
      ...DEFAULTS,
      min: { cpu: '10m', memory: '32Mi' },
      max: { cpu: '64', memory: '1Ti' },
      maxLimitRequestRatio: { cpu: '25', memory: '10' },
    }),
    isKnown: false,
    atLeast: 50,
  },
  {
    what: 'narrow limits that the injector knows',
    name: 'sidekey-test-golden-narrow',
    limitRange: ofContainers({
      ...DEFAULTS,
      min: { cpu: '150m', memory: '100Mi' },
      max: { cpu: '128', memory: '2Ti' },
      maxLimitRequestRatio: { cpu: '2', memory: '2' },
    }),
    isKnown: true,
    atLeast: 40,
  },
  {
    what: 'a quota of CPU and memory',
    name: 'sidekey-test-golden-quota',
    quota: ofAll(COMPUTE),
    isKnown: false,
    atLeast: 15,
  },
  {
    what: 'a quota of everything and defaults',
    name: 'sidekey-test-golden-counted',
    limitRange: ofContainers({
      default: { ...DEFAULTS.default, 'ephemeral-storage': '2Gi' },
      defaultRequest: { ...DEFAULTS.defaultRequest, 'ephemeral-storage': '1Gi' },
      max: { 'ephemeral-storage': '100Gi' },
    }),
    quota: ofAll({ ...COMPUTE, 'requests.ephemeral-storage': '1Pi', 'limits.ephemeral-storage': '1Pi' }),
    isKnown: false,
    atLeast: 50,
  },
];
