import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotationsIn, type JsonObject, textIn } from '#contract/json.ts';
import {
  type Binding,
  INFISICAL_BINDING_KEY,
  isBound,
  parseInfisicalBinding,
  parseVaultBinding,
  VAULT_BINDING_KEY,
} from '../../../contract/binding.ts';
import { judge } from '../../../governance/cel/judge.ts';
import { creation } from '../../../governance/check/denials.ts';
import { readAcl } from '../../../governance/diff/acl.ts';
import { policies } from '../../../governance/policy/policies.ts';
import { parseTenancy } from '../../../governance/tenant/parse.ts';
import type { Tenancy } from '../../../governance/tenant/platform.ts';
import { kubernetesObjects, vaultObjects } from '../../../governance/tenant/render.ts';

const PROJECT = '7e2f1c0a-0000-4000-8000-000000000000';
const IDENTITY = '6b5d3ae0-0000-4000-8000-000000000000';

function tenancyOf(spec: JsonObject): Tenancy | undefined {
  const value = {
    apiVersion: 'sidekey.dev/v1',
    kind: 'Tenant',
    metadata: { name: 'team-a' },
    spec: { namespaces: ['team-a'], ...spec },
  };
  const parsed = parseTenancy([{ value, at: () => ({ file: 'tenant.yaml', line: 1, column: 1 }) }]);
  return parsed.ok ? parsed.value : undefined;
}

function namespaceOf(tenancy: Tenancy): JsonObject {
  const [tenant] = tenancy.tenants;
  const [namespace] = tenant === undefined ? [] : kubernetesObjects(tenancy, tenant);
  return namespace ?? {};
}

/** What the sync makes of a rendered namespace. */
function bindingOf(tenancy: Tenancy): Binding {
  const annotations = annotationsIn(namespaceOf(tenancy));
  const infisical = parseInfisicalBinding(annotations[INFISICAL_BINDING_KEY] ?? '');
  const vault = parseVaultBinding(annotations[VAULT_BINDING_KEY] ?? '');
  if (!('value' in infisical) || !('value' in vault)) throw new Error('The annotations cannot be read');
  return { infisical: infisical.value, vaultPaths: vault.value };
}

const letters = fc.constantFrom(...Array.from('ab-_.@:=~+ü*, "\\\\${%\'`\n'));
const sound = fc.constantFrom('secret', 'data', 'team-a', 'a.b', 'x@y:z', '=~+', 'ü_1');
const odd = fc.oneof(
  fc.constantFrom('..', '.', '', '*', '+'),
  fc.string({ unit: letters, minLength: 1, maxLength: 6 }),
);
const part = fc.oneof({ arbitrary: sound, weight: 4 }, { arbitrary: odd, weight: 1 });
const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));

describe('paths of the store', () => {
  it('that are taken mean the same to the namespace and to the store: themselves and what is below', () => {
    let taken = 0;
    fc.assert(
      fc.property(path, part, (written, more) => {
        const tenancy = tenancyOf({ secrets: { vault: { paths: [written] } } });
        if (tenancy === undefined) return;
        taken += 1;
        const bare = written.replace(/\/\*?$/u, '');
        const binding = bindingOf(tenancy);
        expect(binding.vaultPaths).toEqual([bare]);
        expect(isBound(binding, { store: 'vault', path: `${bare}/below` })).toBe(true);
        expect(isBound(binding, { store: 'vault', path: `${bare}${more.replaceAll('/', '')}x` })).toBe(false);
        const [policy] = tenancy.tenants.flatMap((tenant) => vaultObjects(tenancy, tenant));
        const rule = { capabilities: ['read'] };
        expect(readAcl(textIn(policy?.body ?? {}, 'policy'))).toEqual({
          rules: { [bare]: rule, [`${bare}/*`]: rule },
        });
      }),
      { numRuns: 1500 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});

describe('folders of Infisical', () => {
  it('that are taken are read back by the sync as they were written', () => {
    const folder = fc.oneof(
      fc.constantFrom('/', '/a', '/a/b-c', '/A_1'),
      path.map((one) => `/${one}`),
    );
    fc.assert(
      fc.property(fc.constantFrom('prod', 'dev-1', 'Prod', 'a/b', 'a,b'), folder, (slug, written) => {
        const infisical = { project: PROJECT, identity: IDENTITY, environments: [{ slug, folder: written }] };
        const tenancy = tenancyOf({ secrets: { infisical } });
        if (tenancy === undefined) return;
        expect(bindingOf(tenancy).infisical).toEqual([
          { project: PROJECT, environment: slug, folder: written },
        ]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what a rendered namespace says to the policies', () => {
  const tenancy = tenancyOf({
    accelerators: {
      allow: [{ resource: 'nvidia.com/mig-3g.40gb', max: 1 }],
      nodeSelector: { 'gpu-type': 'h100-mig', zone: 'a' },
      deviceClasses: [{ name: 'mig-3g-40gb', max: 1 }],
    },
    secrets: {
      vault: { paths: ['secret/data/team-a'] },
      infisical: {
        project: PROJECT,
        identity: IDENTITY,
        environments: [{ slug: 'prod', folder: '/serving' }],
      },
    },
  });

  const limits = { 'nvidia.com/mig-3g.40gb': '1' };
  const selector = { 'gpu-type': 'h100-mig', zone: 'a' };
  const asking = {
    'vault.hashicorp.com/role': 'team-a',
    'vault.hashicorp.com/agent-inject': 'true',
    'vault.hashicorp.com/agent-inject-secret-api': 'secret/data/team-a/api',
  };

  interface Parts {
    readonly limits?: JsonObject;
    readonly selector?: JsonObject;
    readonly annotations?: JsonObject;
  }

  const pod = (parts: Parts): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'inference', namespace: 'team-a', annotations: { ...asking, ...parts.annotations } },
    spec: {
      nodeSelector: parts.selector ?? selector,
      containers: [
        { name: 'model-server', image: 'model-server', resources: { limits: parts.limits ?? limits } },
      ],
    },
  });

  /** Whether the agent is there is not the question. */
  function deniers(object: JsonObject): readonly string[] {
    if (tenancy === undefined) throw new Error('The tenant cannot be read');
    const request = creation(object, namespaceOf(tenancy));
    return policies(tenancy.platform)
      .filter((policy) => judge(policy, request).verdict === 'denied' && policy.name !== 'sidekey-injected')
      .map(({ name }) => name);
  }

  it('lets in what the tenant may have', () => {
    expect(deniers(pod({}))).toEqual([]);
    const claimed = { ...limits, 'deviceclass.resource.kubernetes.io/mig-3g-40gb': '1' };
    expect(deniers(pod({ limits: claimed }))).toEqual([]);
  });

  it.each([
    ['a whole card', { limits: { 'nvidia.com/gpu': '1' } }, 'sidekey-gpu-resources'],
    ['another profile', { limits: { 'nvidia.com/mig-1g.10gb': '1' } }, 'sidekey-gpu-resources'],
    [
      'another class',
      { limits: { 'deviceclass.resource.kubernetes.io/gpu.nvidia.com': '1' } },
      'sidekey-gpu-resources',
    ],
    ['other nodes', { selector: { 'gpu-type': 'h100' } }, 'sidekey-gpu-node-selector'],
    ['half of the selector', { selector: { zone: 'a' } }, 'sidekey-gpu-node-selector'],
    ['another role', { annotations: { 'vault.hashicorp.com/role': 'team-b' } }, 'sidekey-store-access'],
    [
      'another path',
      { annotations: { 'vault.hashicorp.com/agent-inject-secret-b': 'secret/data/team-ab/api' } },
      'sidekey-store-access',
    ],
  ] satisfies [string, Parts, string][])('keeps out %s', (_, parts, policy) => {
    expect(deniers(pod(parts))).toContain(policy);
  });
});
