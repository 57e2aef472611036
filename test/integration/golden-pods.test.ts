import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { handle } from '../../injector/admission/handler.ts';
import { type Case, injectedCases, load } from '../golden/cases.ts';
import { injected, requestFor } from '../injector/admission/example.ts';
import type { ApiProxy } from '../servers/api-proxy.ts';
import { type ControlPlane, startControlPlane } from '../servers/control-plane.ts';
import { eventually } from '../servers/eventually.ts';
import { hardened, ours, without, withoutUs } from './pod-parts.ts';

const NAMESPACE = 'sidekey-test-golden';
const RESTRICTED = 'sidekey-test-golden-restricted';

const goldenCases = injectedCases.map((name) => [name, known(load(name))] as const);

let cluster: ControlPlane;
let api: ApiProxy;

beforeAll(async () => {
  cluster = await startControlPlane();
  api = await cluster.proxy();
  await Promise.all([NAMESPACE, RESTRICTED].map(makeNamespace));
  const label = 'pod-security.kubernetes.io/enforce=restricted';
  await cluster.kubectl(['label', 'namespace', RESTRICTED, label]);
});

afterAll(async () => {
  await cluster.kubectl(['delete', 'namespace', NAMESPACE, RESTRICTED, '--wait=false', '--ignore-not-found']);
  await api[Symbol.asyncDispose]();
  await cluster.stop();
});

/** A namespace with the accounts that the pods name. The default one comes by itself. */
async function makeNamespace(namespace: string): Promise<void> {
  await cluster.kubectl(['create', 'namespace', namespace]);
  const named = goldenCases.map(([, { pod }]) => textIn(objectIn(pod, 'spec'), 'serviceAccountName'));
  for (const account of new Set(named.filter((name) => name !== '')))
    await cluster.kubectl(['create', 'serviceaccount', account, '-n', namespace]);
  const account = ['get', 'serviceaccount', 'default', '-n', namespace];
  await eventually('the default account', 15_000, () => cluster.kubectl(account));
}

/** Without the fields that no API server of today would take, so that it can be as strict as it likes. */
function known({ pod, settings }: Case): Case {
  const text = JSON.stringify(pod, (key, value: unknown) => (key === 'aFieldOfTomorrow' ? undefined : value));
  return { pod: JSON.parse(text) as JsonObject, settings };
}

const answers = new Map<string, Promise<JsonObject>>();

/**
 * What the API server would store, defaults and all; it is asked once about the same pod. What differs from one creation
 * to the next is left out, and so is who set which field.
 *
 * @throws {Error} With the reason if it refuses the pod, or does not know one of its fields.
 */
function stored(pod: JsonObject, namespace = NAMESPACE): Promise<JsonObject> {
  const metadata = { ...objectIn(pod, 'metadata'), namespace };
  // A status that came along would be believed.
  const body = JSON.stringify({ ...without(pod, ['status']), metadata });
  const answer = answers.get(body) ?? create(namespace, body);
  answers.set(body, answer);
  return answer;
}

/** Named anew each time. */
const ACCESS_VOLUME = /kube-api-access-[a-z0-9]{5}/gu;
/** Of a condition. */
const MOMENT = /,"lastTransitionTime":"[^"]+"/gu;

async function create(namespace: string, body: string): Promise<JsonObject> {
  const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`;
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(api.address + path, { method: 'POST', headers, body });
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  const pod = JSON.parse(
    answer.replaceAll(ACCESS_VOLUME, 'kube-api-access-00000').replaceAll(MOMENT, ''),
  ) as JsonObject;
  const metadata = objectIn(pod, 'metadata');
  const passing = [
    'uid',
    'creationTimestamp',
    'managedFields',
    ...('generateName' in metadata ? ['name'] : []),
  ];
  return { ...pod, metadata: without(metadata, passing) };
}

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

/** What the hardening leaves: the node's network, and a container that is root by its author's will. */
const NEVER_RESTRICTED = ['host-network', 'run-as-user-of-container'];

describe.concurrent('a namespace that enforces the restricted standard', () => {
  const accepted = goldenCases.filter(([name]) => !NEVER_RESTRICTED.includes(name));
  test.each(accepted)('accepts %s, once hardened, injected or not', async (_, { pod, settings }) => {
    const plain = await stored(hardened(withoutUs(pod)), RESTRICTED);
    expect(textIn(plain, 'kind')).toBe('Pod');
    const after = await stored(injected(hardened(pod), settings), RESTRICTED);
    expect(textIn(after, 'kind')).toBe('Pod');
  });

  const refused = goldenCases.filter(([name]) => NEVER_RESTRICTED.includes(name));
  test.each(refused)('refuses %s, for it does enforce it', async (_, { pod }) => {
    await expect(stored(hardened(pod), RESTRICTED)).rejects.toThrow(/violates PodSecurity/u);
  });
});
