import type { Problem } from '#contract/problem.ts';
import { withinBoth } from '../annotations/ceiling.ts';
import { native } from '../annotations/families.ts';
import { type Limits, limitsIn } from '../annotations/limits.ts';
import { defaultsIn, type NamespaceSettings } from '../annotations/namespace.ts';
import { inWords, quoted } from '../annotations/values.ts';
import type { Settings } from './settings.ts';

/** What holds for the pods of one namespace. */
export interface PlaceSettings {
  readonly settings: Settings;
  readonly limits: Limits;
  /** What is wrong with the namespace, for which its pods are denied. */
  readonly problems: readonly Problem[];
}

interface Settled {
  readonly namespace: string;
  readonly operator: Settings;
  readonly place: PlaceSettings;
}

/** By what the namespace says: as long as neither that nor the operator's settings change, what comes of both is one object. */
const settled = new WeakMap<NamespaceSettings, Settled>();

/** The settings for the pods of a namespace: what it says itself comes before what the operator says of all. */
export function settingsFor(namespace: string, settings: Settings): PlaceSettings {
  const found = settings.namespaces?.get(namespace);
  const last = found && settled.get(found);
  if (last?.namespace === namespace && last.operator === settings) return last.place;
  const place = settle(namespace, settings, found);
  if (found !== undefined) settled.set(found, { namespace, operator: settings, place });
  return place;
}

function settle(namespace: string, settings: Settings, found: NamespaceSettings | undefined): PlaceSettings {
  const unknown = settings.namespaces !== undefined && found === undefined;
  if (found === undefined)
    return {
      settings,
      limits: limitsIn(settings.limits ?? {}, namespace),
      problems: unknown ? [UNKNOWN] : [],
    };
  const { defaults, problems } = defaultsIn(settings, found);
  const ofOperator = limitsIn(settings.limits ?? {}, namespace);
  const limits = withinBoth(ofOperator, limitsIn(found.limits, namespace));
  return { settings: defaults, limits, problems: [...problems, ...identityProblems(found, ofOperator)] };
}

/** A pod is not asked about the identity that was chosen for it, so the choice has to be within the operator's limits. */
function identityProblems(
  { infisical: { identityId } }: NamespaceSettings,
  { infisicalIdentities: allowed }: Limits,
): readonly Problem[] {
  if (identityId === undefined || allowed === undefined || allowed.includes(identityId)) return [];
  const message = `of the namespace is ${quoted(identityId)}; expected an identity that the operator allows: ${allowed.length === 0 ? 'none' : inWords(allowed)}`;
  return [{ key: native('infisical-identity'), message }];
}

/** What a namespace allows has to be known before a pod of it is let in. */
const UNKNOWN: Problem = {
  key: 'metadata.namespace',
  message: 'is a namespace that the injector does not know yet; expected one that is there: try again',
};
