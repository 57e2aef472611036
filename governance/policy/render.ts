import type { JsonObject } from '#contract/json.ts';
import { kyvernoPolicies } from './kyverno.ts';
import { policies } from './policies.ts';
import type { Policy } from './policy.ts';
import type { PolicySettings } from './settings.ts';
import { type Action, validatingAdmissionPolicy } from './validating-admission-policy.ts';

export interface RenderOptions {
  /** The API server itself, or Kyverno. */
  readonly engine: 'vap' | 'kyverno';
  readonly action: Action;
}

/** The objects of one file. */
export interface RenderedPolicy {
  /** The name of the file, without a folder. */
  readonly path: string;
  readonly objects: readonly JsonObject[];
}

/** What there is to apply, one file for each policy. Deterministic. */
export const renderPolicies = (settings: PolicySettings, options: RenderOptions): readonly RenderedPolicy[] =>
  policies(settings).map((policy) => ({
    path: `${policy.name}.yaml`,
    objects: objectsOf(policy, settings, options),
  }));

function objectsOf(
  policy: Policy,
  settings: PolicySettings,
  { engine, action }: RenderOptions,
): readonly JsonObject[] {
  if (engine === 'vap') return validatingAdmissionPolicy(policy, settings, action);
  return kyvernoPolicies(policy, settings, action === 'deny' ? 'enforce' : 'report');
}
