import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declared } from './rendered.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage([declared('scenario'), declared('everything')]);
  await stage.apply();
});

afterAll(() => stage[Symbol.asyncDispose]());

describe('members', () => {
  const can = async (group: string, namespace: string, verb: string, resource: string): Promise<string> => {
    const [name = '', subresource] = resource.split('/');
    const whom = [
      '--as',
      'somebody',
      '--as-group',
      group,
      '--as-group',
      'system:authenticated',
      '-n',
      namespace,
    ];
    const what = [
      'auth',
      'can-i',
      verb,
      name,
      ...(subresource === undefined ? [] : ['--subresource', subresource]),
    ];
    const answer = await stage.cluster.kubectl([...what, ...whom]).catch((error: unknown) => String(error));
    return answer.trim().split(/\s/u).at(-1) ?? '';
  };

  const ask = async (
    group: string,
    namespace: string,
    all: readonly string[],
  ): Promise<readonly string[]> => {
    const answers = all.map(async (one) => {
      const [verb = '', resource = ''] = one.split(' ');
      return `${one}: ${await can(group, namespace, verb, resource)}`;
    });
    return await Promise.all(answers);
  };

  const allOf = (questions: readonly string[], answer: string): readonly string[] =>
    questions.map((one) => `${one}: ${answer}`);

  const WORK = [
    'create pods',
    'delete deployments.apps',
    'update deployments.apps/scale',
    'create jobs.batch',
    'get pods/log',
    'patch configmaps',
    'get resourcequotas',
    'list networkpolicies.networking.k8s.io',
  ];
  const WITHHELD = [
    'get secrets',
    'list secrets',
    'create secrets',
    'create serviceaccounts',
    'create serviceaccounts/token',
    'create pods/exec',
    'get pods/exec',
    'create pods/attach',
    'create pods/portforward',
    'create pods/proxy',
    'update pods/ephemeralcontainers',
    'patch pods/ephemeralcontainers',
    'update resourcequotas',
    'delete resourcequotas',
    'update limitranges',
    'delete limitranges',
    'create roles.rbac.authorization.k8s.io',
    'create rolebindings.rbac.authorization.k8s.io',
    'create networkpolicies.networking.k8s.io',
    'delete networkpolicies.networking.k8s.io',
    'update namespaces',
    'delete namespaces',
    'create policyexceptions.policies.kyverno.io',
    'impersonate serviceaccounts',
    'bind roles.rbac.authorization.k8s.io',
    'escalate roles.rbac.authorization.k8s.io',
  ];
  const CLAIMS = ['create resourceclaims.resource.k8s.io', 'create resourceclaimtemplates.resource.k8s.io'];

  it('that develop may do their work, and nothing that leads around what the tenant may have', async () => {
    expect(await ask('oidc:team-a-devs', 'team-a', WORK)).toEqual(allOf(WORK, 'yes'));
    const withheld = [...WITHHELD, ...CLAIMS];
    expect(await ask('oidc:team-a-devs', 'team-a', withheld)).toEqual(allOf(withheld, 'no'));
  });

  it('that develop may claim devices where the tenant is allowed some', async () => {
    expect(await ask('oidc:vision', 'vision-prod', [...WORK, ...CLAIMS])).toEqual(
      allOf([...WORK, ...CLAIMS], 'yes'),
    );
    expect(await ask('oidc:vision', 'vision-prod', WITHHELD)).toEqual(allOf(WITHHELD, 'no'));
  });

  it('that look on may read all but secrets and logs, and write nothing', async () => {
    const read = [
      'list pods',
      'get deployments.apps',
      'get resourcequotas',
      'list rolebindings.rbac.authorization.k8s.io',
    ];
    expect(await ask('oidc:auditors', 'team-a', read)).toEqual(allOf(read, 'yes'));
    const withheld = [...WITHHELD, 'get pods/log', 'create pods', 'delete pods', 'patch configmaps'];
    expect(await ask('oidc:auditors', 'team-a', withheld)).toEqual(allOf(withheld, 'no'));
  });

  it('of one team are nobody to the other', async () => {
    expect(await ask('oidc:team-a-devs', 'team-b', [...WORK, 'list pods'])).toEqual(
      allOf([...WORK, 'list pods'], 'no'),
    );
  });
});
