import { describe, expect, test } from 'vitest';
import { bindingFor } from '../../../governance/cel/binding.ts';
import { resourceOf } from '../../../governance/cel/resource.ts';

describe('what becomes of a denial in a namespace', () => {
  const settings = { exemptNamespaces: ['kube-system'] };
  const namespace = (name: string, labels = {}) => ({ metadata: { name, labels } });

  test.each([
    ['is refused', namespace('team-a'), 'deny'],
    ['is refused without any labels', { metadata: { name: 'team-a' } }, 'deny'],
    ['is refused if the label says so', namespace('team-a', { 'sidekey.dev/enforcement': 'deny' }), 'deny'],
    [
      'is refused if the label says anything else',
      namespace('a', { 'sidekey.dev/enforcement': 'Audit' }),
      'deny',
    ],
    ['is told if the label says so', namespace('team-a', { 'sidekey.dev/enforcement': 'audit' }), 'audit'],
    ['is nothing where nobody looks', namespace('kube-system'), 'exempt'],
    [
      'is nothing where nobody looks, whatever the label says',
      namespace('kube-system', { 'sidekey.dev/enforcement': 'deny' }),
      'exempt',
    ],
    ['is refused where the name only begins so', namespace('kube-system-2'), 'deny'],
  ])('%s', (_, object, expected) => {
    expect(bindingFor(settings, object)).toBe(expected);
  });
});

describe('where the API server files a kind', () => {
  test.each([
    ['v1', 'Pod', '/v1/pods'],
    ['apps/v1', 'StatefulSet', 'apps/v1/statefulsets'],
    ['batch/v1', 'CronJob', 'batch/v1/cronjobs'],
    ['v1', 'ReplicationController', '/v1/replicationcontrollers'],
    ['resource.k8s.io/v1', 'ResourceClaimTemplate', 'resource.k8s.io/v1/resourceclaimtemplates'],
    ['resource.k8s.io/v1', 'DeviceClass', 'resource.k8s.io/v1/deviceclasses'],
    ['networking.k8s.io/v1', 'NetworkPolicy', 'networking.k8s.io/v1/networkpolicies'],
    ['networking.k8s.io/v1', 'Ingress', 'networking.k8s.io/v1/ingresses'],
    ['v1', 'Endpoints', '/v1/endpoints'],
    ['gateway.networking.k8s.io/v1', 'Gateway', 'gateway.networking.k8s.io/v1/gateways'],
  ])('%s %s', (apiVersion, kind, expected) => {
    const { group, version, resource } = resourceOf({ apiVersion, kind });
    expect(`${group}/${version}/${resource}`).toBe(expected);
  });

  test('is nowhere if it does not say what it is', () => {
    expect(resourceOf({ kind: 7 })).toEqual({ group: '', version: '', kind: '', resource: 's' });
  });
});
