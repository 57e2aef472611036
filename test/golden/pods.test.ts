import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../contract/agent-config.ts';
import { review } from '../../injector/admission/handler.ts';
import type { Settings } from '../../injector/admission/settings.ts';
import { type JsonObject, listIn, objectIn, textIn } from '../../injector/pod/json.ts';
import { qosClass } from '../../injector/pod/qos.ts';
import { applied, injected, requestFor, SETTINGS } from '../injector/admission/example.ts';

/**
 * One folder per pod: `pod.yaml`, `why.md`, and what is to become of it: `expected.yaml` (the pod after injection, its
 * configuration decoded), `skipped.yaml` (the reason) or `denied.yaml` (every problem). `warnings.yaml` and
 * `settings.yaml` where there is something to say.
 */
const FOLDER = join(import.meta.dirname, 'pods');

function read(name: string, file: string): unknown {
  const path = join(FOLDER, name, `${file}.yaml`);
  return existsSync(path) ? parse(readFileSync(path, 'utf8')) : undefined;
}

/** A pod with the agent's configuration in the open. */
function decoded(pod: JsonObject): JsonObject {
  const spec = objectIn(pod, 'spec');
  const open = (variable: JsonObject): unknown =>
    variable['name'] === 'SIDEKEY_CONFIG'
      ? { ...variable, value: JSON.parse(Buffer.from(textIn(variable, 'value'), 'base64').toString()) }
      : variable;
  const initContainers = listIn(spec, 'initContainers').map((container) =>
    'env' in container ? { ...container, env: listIn(container, 'env').map(open) } : container,
  );
  return { ...pod, spec: { ...spec, initContainers } } as JsonObject;
}

const cases = readdirSync(FOLDER);

describe.each(cases)('the pod of %s', (name) => {
  const pod = read(name, 'pod') as JsonObject;
  const settings = { ...SETTINGS, ...(read(name, 'settings') as Partial<Settings> | undefined) };
  const verdict = review(requestFor(pod), settings);

  it('says why it is here', () => {
    expect(readFileSync(join(FOLDER, name, 'why.md'), 'utf8').trim()).not.toBe('');
  });

  it('warns of what it should, and of nothing else', () => {
    expect(verdict.warnings).toEqual(read(name, 'warnings') ?? []);
  });

  const expected = read(name, 'expected') as JsonObject | undefined;
  if (expected === undefined) {
    it('is skipped or denied for the expected reasons', () => {
      const problems = read(name, 'denied');
      const wanted = problems === undefined ? read(name, 'skipped') : { outcome: 'denied', problems };
      expect(verdict).toMatchObject({ outcome: 'skipped', ...(wanted as object) });
    });
    return;
  }

  it('becomes the expected pod', () => {
    if (verdict.outcome !== 'injected') throw new Error(JSON.stringify(verdict));
    expect(decoded(applied(pod, verdict.operations) as JsonObject)).toEqual(expected);
  });

  it('gets a configuration that the agent reads without complaint', () => {
    const agents = listIn(objectIn(injected(pod, settings), 'spec'), 'initContainers').filter(({ name: own }) =>
      String(own).startsWith('sidekey-'),
    );
    const [config] = agents.flatMap((agent) => listIn(agent, 'env'));
    expect(parseConfig(textIn(config ?? {}, 'value'))).toMatchObject({ ok: true, value: { warnings: [] } });
  });

  it('is not changed by a second pass', () => {
    const once = injected(pod, settings);
    expect(review(requestFor(once), settings)).toMatchObject({ outcome: 'injected', operations: [] });
  });

  it('keeps its class of service', () => {
    const isOurs = ({ name: own }: JsonObject): boolean => String(own).startsWith('sidekey-');
    const spec = objectIn(pod, 'spec');
    const before = { ...spec, initContainers: listIn(spec, 'initContainers').filter((one) => !isOurs(one)) };
    expect(qosClass(objectIn(injected(pod, settings), 'spec'))).toBe(qosClass(before));
  });
});

it('knows at least fifteen shapes of pods', () => {
  expect(cases.length).toBeGreaterThanOrEqual(15);
});
