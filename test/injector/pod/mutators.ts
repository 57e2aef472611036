import * as fc from 'fast-check';
import { isArray, isObject, type Json, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';

/** What another webhook may do to a pod that has an agent or has none yet. */
export type Mutator = (pod: JsonObject) => JsonObject;

export const specOf = (pod: JsonObject): JsonObject => objectIn(pod, 'spec');

export const withSpec = (pod: JsonObject, change: JsonObject): JsonObject => ({
  ...pod,
  spec: { ...specOf(pod), ...change },
});

export const isOurs = (entry: JsonObject): boolean => textIn(entry, 'name').startsWith('sidekey-');
export const isTheirs = (entry: JsonObject): boolean => !isOurs(entry);

/** Puts an entry into a list of the spec, at a place counted among theirs alone: an agent in between makes no difference. */
function put(list: string, entry: JsonObject, place: number): Mutator {
  return (pod) => {
    const entries = listIn(specOf(pod), list);
    const indices = entries.flatMap((one, index) => (isTheirs(one) ? [index] : []));
    const index = indices[place] ?? entries.length;
    return withSpec(pod, { [list]: entries.toSpliced(index, 0, entry) });
  };
}

/** Changes each container that is theirs. */
function eachOfTheirs(change: (container: JsonObject) => JsonObject): Mutator {
  return (pod) => {
    const lists = ['containers', 'initContainers'].filter((list) => list in specOf(pod));
    const entries = lists.map((list) => [
      list,
      listIn(specOf(pod), list).map((one) => (isTheirs(one) ? change(one) : one)),
    ]);
    return withSpec(pod, Object.fromEntries(entries) as JsonObject);
  };
}

const withAnnotation =
  (key: string, value: string): Mutator =>
  (pod) => {
    const metadata = objectIn(pod, 'metadata');
    const annotations = { ...objectIn(metadata, 'annotations'), [key]: value };
    return { ...pod, metadata: { ...metadata, annotations } };
  };

/** The same with the members of every object the other way round, or in the order of their letters. */
function reordered(value: Json, order: (keys: string[]) => readonly string[]): Json {
  if (isArray(value)) return value.map((entry) => reordered(entry, order));
  if (!isObject(value)) return value;
  const keys = order(Object.keys(value));
  return Object.fromEntries(keys.map((key) => [key, reordered(value[key] ?? null, order)]));
}

const amounts = fc.constantFrom<JsonObject[]>(
  {},
  { limits: { cpu: '1', memory: '1Gi' } },
  { requests: { cpu: '10m' } },
  { limits: { 'nvidia.com/gpu': '1' } },
  { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
);

const container = (name: string): fc.Arbitrary<JsonObject> =>
  fc.record(
    {
      name: fc.constant(name),
      image: fc.constant('registry.example/late:1'),
      restartPolicy: fc.constant('Always'),
      resources: amounts,
      securityContext: fc.record({ runAsUser: fc.constantFrom(0, 7) }),
    },
    { requiredKeys: ['name', 'image'] },
  ) as fc.Arbitrary<JsonObject>;

const place = fc.nat(3);

const mutators: fc.Arbitrary<Mutator> = fc.oneof(
  fc.tuple(container('late'), place).map(([one, at]) => put('containers', one, at)),
  fc.tuple(container('late-init'), place).map(([one, at]) => put('initContainers', one, at)),
  place.map((at) => put('volumes', { name: 'late', emptyDir: {} }, at)),
  amounts.map((resources) => eachOfTheirs((one) => ({ ...one, resources }))),
  fc.constantFrom<Mutator[]>(
    eachOfTheirs((one) => ({ ...one, env: [...listIn(one, 'env'), { name: 'LATE', value: 'yes' }] })),
    eachOfTheirs((one) => ({ ...one, image: 'mirror.example/late:1', imagePullPolicy: 'Always' })),
    eachOfTheirs((one) => ({
      ...one,
      volumeMounts: [{ name: 'late', mountPath: '/late' }, ...listIn(one, 'volumeMounts')],
    })),
    (pod) => withSpec(pod, { nodeSelector: { late: 'yes' }, tolerations: [{ operator: 'Exists' }] }),
    (pod) => withSpec(pod, { hostNetwork: true }),
    (pod) => withSpec(pod, { securityContext: { runAsUser: 9, fsGroup: 9 } }),
    (pod) => withSpec(pod, { resources: { limits: { cpu: '8', memory: '8Gi' } } }),
    (pod) => ({ ...pod, metadata: { ...objectIn(pod, 'metadata'), labels: { late: 'yes' } } }),
    withAnnotation('late.example/ü', '{"a":"\u{1f511}"}'),
    (pod) => reordered(pod, (keys) => keys.toReversed()) as JsonObject,
    (pod) => reordered(pod, (keys) => keys.toSorted()) as JsonObject,
  ),
);

/** A few of them, one after another. */
export const others = fc.array(mutators, { maxLength: 4 }).map(
  (all): Mutator =>
    (sent) =>
      all.reduce((current, mutator) => mutator(current), sent),
);

/** As the API server has checked it before anybody is asked. */
export function hasUniqueNames(pod: JsonObject): boolean {
  return ['containers', 'initContainers', 'volumes'].every((list) => {
    const all = listIn(specOf(pod), list).map((entry) => textIn(entry, 'name'));
    return new Set(all).size === all.length;
  });
}

/** A pod in which nothing is told by an order that means nothing: that of members, volumes and mounts. */
export function unordered(pod: JsonObject): Json {
  const lists = ['containers', 'initContainers'].map((list) => [
    list,
    listIn(specOf(pod), list).map((one) => ({
      ...one,
      volumeMounts: listIn(one, 'volumeMounts').toSorted(by('mountPath')),
    })),
  ]);
  const volumes = listIn(specOf(pod), 'volumes').toSorted(by('name'));
  const whole = withSpec(pod, { volumes, ...(Object.fromEntries(lists) as JsonObject) });
  return reordered(whole, (keys) => keys.toSorted());
}

const by =
  (field: string) =>
  (a: JsonObject, b: JsonObject): number =>
    textIn(a, field) < textIn(b, field) ? -1 : 1;
