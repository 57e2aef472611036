import { describe, expect, it } from 'vitest';
import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { parseConfig } from '../../contract/agent-config.ts';
import { review } from '../../injector/admission/handler.ts';
import { qosClass } from '../../injector/pod/qos.ts';
import { injected, requestFor } from '../injector/admission/example.ts';
import { cases, injectedCases, load, read, why } from './cases.ts';

/** A variable with the agent's configuration in the open. */
function open(variable: JsonObject): JsonObject {
  if (variable['name'] !== 'SIDEKEY_CONFIG') return variable;
  return { ...variable, value: JSON.parse(Buffer.from(textIn(variable, 'value'), 'base64').toString()) as JsonObject };
}

function decoded(pod: JsonObject): JsonObject {
  const initContainers = initContainersOf(pod).map((container) =>
    'env' in container ? { ...container, env: listIn(container, 'env').map(open) } : container,
  );
  return { ...pod, spec: { ...objectIn(pod, 'spec'), initContainers } };
}

const isOurs = (container: JsonObject): boolean => textIn(container, 'name').startsWith('sidekey-');
const initContainersOf = (pod: JsonObject): readonly JsonObject[] => listIn(objectIn(pod, 'spec'), 'initContainers');

const skippedCases = cases.filter((name) => read(name, 'skipped') !== undefined);
const deniedCases = cases.filter((name) => read(name, 'denied') !== undefined);

it('every pod says why it is here, and what is to become of it, which is one thing', () => {
  for (const name of cases) expect(why(name)).not.toBe('');
  expect([...injectedCases, ...skippedCases, ...deniedCases].toSorted()).toEqual(cases.toSorted());
  expect(cases.length).toBeGreaterThanOrEqual(15);
});

it.each(cases)('%s is warned of what it should be, and of nothing else', (name) => {
  const { pod, settings } = load(name);
  expect(review(requestFor(pod), settings).warnings).toEqual(read(name, 'warnings') ?? []);
});

it.each(skippedCases)('%s is left alone', (name) => {
  const { pod, settings } = load(name);
  expect(review(requestFor(pod), settings)).toMatchObject({ outcome: 'skipped', ...(read(name, 'skipped') as object) });
});

it.each(deniedCases)('%s is denied with every problem', (name) => {
  const { pod, settings } = load(name);
  expect(review(requestFor(pod), settings)).toMatchObject({ outcome: 'denied', problems: read(name, 'denied') });
});

describe.each(injectedCases)('%s', (name) => {
  const { pod, settings } = load(name);
  const once = injected(pod, settings);

  it('becomes the expected pod', () => {
    expect(decoded(once)).toEqual(read(name, 'expected'));
  });

  it('gets a configuration that the agent reads without complaint', () => {
    const [config] = initContainersOf(once).filter(isOurs).flatMap((agent) => listIn(agent, 'env'));
    expect(parseConfig(textIn(config ?? {}, 'value'))).toMatchObject({ ok: true, value: { warnings: [] } });
  });

  it('is not changed by a second pass', () => {
    expect(review(requestFor(once), settings)).toMatchObject({ outcome: 'injected', operations: [] });
  });

  it('keeps its class of service', () => {
    const theirs = initContainersOf(pod).filter((container) => !isOurs(container));
    const before = { ...objectIn(pod, 'spec'), initContainers: theirs };
    expect(qosClass(objectIn(once, 'spec'))).toBe(qosClass(before));
  });
});
