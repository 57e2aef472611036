import { describe, expect, test } from 'vitest';
import { type JsonObject, listIn, objectIn } from '#contract/json.ts';
import type { Settings } from '../../../injector/admission/settings.ts';
import { readNamespace } from '../../../injector/annotations/namespace.ts';
import { parseAnnotations } from '../../../injector/annotations/parse.ts';
import { agentSecurityContext } from '../../../injector/pod/security.ts';
import { annotations, examplePod, injected, SETTINGS } from '../admission/example.ts';

const nobodyAsked = parseAnnotations(annotations(), SETTINGS).injection;

test.each([0, -1, 1.5, Infinity, 2 ** 60, '1000', null])('a user %j of the pod is nobody’s', (runAsUser) => {
  const spec = { securityContext: { runAsUser }, containers: [{ name: 'a' }] };
  expect(agentSecurityContext(spec, nobodyAsked, false)).toMatchObject({ runAsUser: 65_532 });
});

describe('in a namespace that gives each container a user of its own range', () => {
  const settings = {
    ...SETTINGS,
    namespaces: new Map([['team-a', readNamespace({ 'openshift.io/sa.scc.uid-range': '1000650000/10000' })]]),
  };

  /** The agent's security context after a second pass over a pod in which the cluster changed it. */
  function afterwards(given: JsonObject, where: Settings = settings): JsonObject {
    const once = injected(examplePod(), where);
    const [agent = {}] = listIn(objectIn(once, 'spec'), 'initContainers');
    const context = { ...objectIn(agent, 'securityContext'), ...given };
    const initContainers = [{ ...agent, securityContext: context }];
    const twice = injected({ ...once, spec: { ...objectIn(once, 'spec'), initContainers } }, where);
    return objectIn(listIn(objectIn(twice, 'spec'), 'initContainers')[0] ?? {}, 'securityContext');
  }

  test('the agent asks for none, and keeps the one that it is given', () => {
    expect(afterwards({})).not.toHaveProperty('runAsUser');
    expect(afterwards({})).not.toHaveProperty('runAsGroup');
    expect(afterwards({ runAsUser: 1_000_650_000 })).toMatchObject({ runAsUser: 1_000_650_000 });
  });

  test('it is never root, nor anything else that it was not', () => {
    expect(afterwards({ runAsUser: 0 })).not.toHaveProperty('runAsUser');
    expect(afterwards({ privileged: true, runAsNonRoot: false })).toEqual(afterwards({}));
  });

  test('elsewhere it has its own, whatever it is given', () => {
    expect(afterwards({ runAsUser: 1 }, SETTINGS)).toMatchObject({
      runAsUser: 65_532,
    });
  });
});
