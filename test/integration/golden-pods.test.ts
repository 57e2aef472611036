import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JsonObject, textIn, objectIn } from '#contract/json.ts';
import { handle } from '../../injector/admission/handler.ts';
import { readBounds } from '../../injector/pod/bounds.ts';
import { type Case, injectedCases, load } from '../golden/cases.ts';
import { injected, requestFor } from '../injector/admission/example.ts';
import { type Place, PLACES } from './golden-places.ts';
import { GoldenStage, known } from './golden-stage.ts';
import { hardened, ours, withoutUs } from './pod-parts.ts';

/** No API server takes a pod that is made with ephemeral containers. */
const NEVER_MADE = 'ephemeral-containers';

const allCases = injectedCases.map((name) => [name, known(load(name))] as const);
/** And none takes a variable out of a file on a volume that is not there: it names what only an agent brings. */
const NEVER_WITHOUT_US = 'environment-of-our-file';
const goldenCases = allCases.filter(([name]) => ![NEVER_MADE, NEVER_WITHOUT_US].includes(name));

let stage: GoldenStage;
const stored = (pod: JsonObject, namespace?: string): Promise<JsonObject> => stage.stored(pod, namespace);

beforeAll(async () => {
  stage = await GoldenStage.start(goldenCases.map(([, { pod }]) => pod));
});

afterAll(() => stage[Symbol.asyncDispose]());

const qosOf = (pod: JsonObject): string => textIn(objectIn(pod, 'status'), 'qosClass');

/** The bytes, and readable. */
const text = (pod: JsonObject): string => JSON.stringify(pod, null, 2);

describe.concurrent.each(goldenCases)('%s', (_, { pod, settings }) => {
  /** As the API server calls: with its defaults filled in, and the volume of the service account. */
  const storedInjected = async (): Promise<JsonObject> => stored(injected(await stored(pod), settings));

  test('is accepted as it came and as it is injected', async () => {
    expect(textIn(await stored(pod), 'kind')).toBe('Pod');
    expect(textIn(await storedInjected(), 'kind')).toBe('Pod');
  });

  test('is the same pod after injection if what is ours is taken out', async () => {
    const after = withoutUs(await storedInjected());
    expect(text(after)).toBe(text(await stored(withoutUs(pod))));
  });

  test('keeps its class of service', async () => {
    const before = qosOf(await stored(withoutUs(pod)));
    expect(before).toMatch(/^(?:BestEffort|Burstable|Guaranteed)$/u);
    expect(qosOf(await storedInjected())).toBe(before);
  });

  test('needs nothing more once it is stored', async () => {
    const answer = handle(requestFor(await storedInjected()), settings);
    expect(answer).toMatchObject({ allowed: true });
    expect(answer.patch).toBeUndefined();
  });

  test('gets the same agent if it is injected before the API server has filled in its defaults', async () => {
    const early = await stored(injected(pod, settings));
    expect(ours(await storedInjected())).toEqual(ours(early));
  });
});

test('a pod that no API server takes is refused for the same reason with an agent', async () => {
  const { pod, settings } = known(load(NEVER_MADE));
  const plain = await stored(withoutUs(pod)).catch(String);
  expect(plain).toContain('spec.ephemeralContainers: Forbidden');
  expect(await stored(injected(pod, settings)).catch(String)).toBe(plain);
});

test('a variable out of the file of the agent is taken with the agent, and with the volume that announces it', async () => {
  const { pod, settings } = known(load(NEVER_WITHOUT_US));
  const announced = await stored(pod);
  const after = await stored(injected(announced, settings));
  expect(text(after)).toContain('"fileKeyRef"');
  expect(qosOf(after)).toBe(qosOf(announced));
  expect(await stored(withoutUs(pod)).catch(String)).toContain('volumeName: Not found');
});

const TAKEN = 'taken';

const verdictOf = (answer: Promise<JsonObject>): Promise<string> =>
  answer.then(
    () => TAKEN,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

/** Whether a pod is taken as it came, and with an agent of an injector that knows what it is let know. */
async function judged(
  { pod, settings }: Case,
  { name, limitRange, isKnown }: Place,
): Promise<{ readonly plain: string; readonly injected: string }> {
  const isTold = isKnown && limitRange !== undefined;
  const told = isTold ? { bounds: new Map([['team-a', readBounds([limitRange])]]) } : {};
  const whole = async (): Promise<JsonObject> =>
    stored(injected(await stored(pod, name), { ...settings, ...told }), name);
  return { plain: await verdictOf(stored(withoutUs(pod), name)), injected: await verdictOf(whole()) };
}

/** Who cannot be helped, and what is said of them. */
const BEYOND_HELP: Readonly<Record<string, RegExp>> = {
  // Their containers take all that the pod has as a whole: nothing is left for what a LimitRange gives a container that asks for
  // nothing. Called a second time, as it is there, the injector takes it back: see `admission-beside`.
  'pod-level-hugepages': /must be greater than or equal to aggregate container requests/u,
  'pod-level-tight': /must be greater than or equal to aggregate container requests/u,
  // Its author has said what the agent is to have.
  'tuning-warnings': /per Container is/u,
};

describe('a namespace', () => {
  test.each(PLACES)('with $what takes a pod with an agent if it takes it without', async (place) => {
    const verdicts = await Promise.all(
      goldenCases.map(async ([name, golden]) => ({ name, ...(await judged(golden, place)) })),
    );
    const taken = verdicts.filter(({ plain }) => plain === TAKEN);
    const refused = taken.filter((verdict) => verdict.injected !== TAKEN);
    expect(refused.filter(({ name }) => BEYOND_HELP[name] === undefined)).toEqual([]);
    for (const one of refused) expect(one.injected).toMatch(BEYOND_HELP[one.name] ?? '');
    expect(taken.length).toBeGreaterThanOrEqual(place.atLeast);
    // Whatever is demanded is demanded of somebody.
    expect(taken.length).toBeLessThan(verdicts.length);
  });
});

/** What the hardening leaves: the node, users that are root by their authors' will, and rights that a mesh needs. */
const NEVER_RESTRICTED = [
  'host-ipc',
  'host-network',
  'host-network-native',
  'host-pid',
  'linkerd-native-sidecar',
  'privileged-container',
  'run-as-user-of-container',
  'shared-processes',
];

describe.concurrent('a namespace that enforces the restricted standard', () => {
  const accepted = goldenCases.filter(([name]) => !NEVER_RESTRICTED.includes(name));
  test.each(accepted)('accepts %s, once hardened, injected or not', async (_, { pod, settings }) => {
    const plain = await stage.storedRestricted(hardened(withoutUs(pod)));
    expect(textIn(plain, 'kind')).toBe('Pod');
    const after = await stage.storedRestricted(injected(hardened(pod), settings));
    expect(textIn(after, 'kind')).toBe('Pod');
  });

  const refused = goldenCases.filter(([name]) => NEVER_RESTRICTED.includes(name));
  test.each(refused)('refuses %s, for it does enforce it', async (_, { pod }) => {
    await expect(stage.storedRestricted(hardened(pod))).rejects.toThrow(/violates PodSecurity/u);
  });
});
