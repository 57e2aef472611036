import { describe, expect, test } from 'vitest';
import { annotationsIn, type JsonObject, objectIn } from '#contract/json.ts';
import type { Settings } from '../../../injector/admission/settings.ts';
import { readNamespace } from '../../../injector/annotations/namespace.ts';
import { findOurContainer } from '../../../injector/pod/own.ts';
import { installManifests } from '../../../deploy/kubernetes/manifests.ts';
import { options } from '../../deploy/install.ts';
import { injectedCases, load, read } from '../../golden/cases.ts';
import { injected } from '../admission/example.ts';
import { admitted, RANGE, RANGE_ANNOTATIONS, violations } from './restricted-v2.ts';

/** The settings of a golden pod, in a namespace of OpenShift. */
function settingsOf(name: string): Settings {
  const own = (read(name, 'namespace') as JsonObject | undefined) ?? {};
  const namespace = readNamespace({ ...annotationsIn(own), ...RANGE_ANNOTATIONS });
  return { ...load(name).settings, namespaces: new Map([['team-a', namespace]]) };
}

const taken = injectedCases.filter((name) => violations(admitted(load(name).pod)).length === 0);

describe('under the SCC restricted-v2 of OpenShift', () => {
  test('many golden pods are taken without an agent', () => {
    expect(taken.length).toBeGreaterThan(60);
  });

  test.each(taken)(
    '%s is taken with one, whose user is of the range, whoever looks at the pod first',
    (name) => {
      const settings = settingsOf(name);
      const { pod } = load(name);
      const afterwards = admitted(injected(admitted(pod), settings));
      const before = admitted(injected(injected(pod, settings), settings));
      for (const made of [afterwards, before]) {
        expect(violations(made)).toEqual([]);
        const { runAsUser } = objectIn(findOurContainer(made) ?? {}, 'securityContext');
        expect(Number(runAsUser ?? RANGE.first)).toBeGreaterThanOrEqual(RANGE.first);
      }
    },
  );

  /** As a ReplicaSet makes it. */
  const podOfDeployment = (objects: readonly object[]): JsonObject => {
    const [found] = objects.filter((one) => 'kind' in one && one.kind === 'Deployment');
    return objectIn(objectIn(found as unknown as JsonObject, 'spec'), 'template');
  };

  test('the injector is taken if it is told of the platform, and otherwise it is not', () => {
    const told = admitted(podOfDeployment(installManifests({ ...options, assignsUsers: true })));
    expect(violations(told)).toEqual([]);
    expect(objectIn(told, 'spec')).toMatchObject({ containers: [{ name: 'injector' }] });
    const untold = admitted(podOfDeployment(installManifests(options)));
    expect(violations(untold)).toEqual(['fsGroup', 'runAsUser']);
  });
});
