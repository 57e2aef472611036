import { isBound } from '#contract/binding.ts';
import type { InfisicalFolder } from '#contract/secret-source.ts';
import { type Limits, saidLimits } from './limits.ts';

/**
 * What both allow. The operator's limits are a ceiling: a namespace may have less, and what it would have beyond counts for
 * nothing, for whoever may edit it need not be who set them. Where one of them says nothing, the other's limit stands.
 */
export function withinBoth(operator: Limits, namespace: Limits): Limits {
  return saidLimits({
    vaultRoles: common(operator.vaultRoles, namespace.vaultRoles),
    vaultPaths: narrowest(operator.vaultPaths, namespace.vaultPaths, isPathWithin),
    infisicalFolders: narrowest(operator.infisicalFolders, namespace.infisicalFolders, isFolderWithin),
    infisicalIdentities: common(operator.infisicalIdentities, namespace.infisicalIdentities),
    reloads: common(operator.reloads, namespace.reloads),
    images: common(operator.images, namespace.images),
  });
}

type List<T> = readonly T[] | undefined;

/** What is in both lists. */
const common = <T>(all: List<T>, some: List<T>): List<T> =>
  all && some ? all.filter((one) => some.includes(one)) : (all ?? some);

/** Of places that stand for all below them, the lower of each two of which one is within the other. */
function narrowest<T>(all: List<T>, some: List<T>, isWithin: (place: T, other: T) => boolean): List<T> {
  if (all === undefined || some === undefined) return all ?? some;
  const lower = some.filter((place) => all.some((other) => isWithin(place, other)));
  const others = all.filter((place) => some.some((other) => isWithin(place, other)));
  return [...lower, ...others.filter((place) => !lower.some((other) => isWithin(place, other)))];
}

const isPathWithin = (path: string, other: string): boolean =>
  isBound({ infisical: [], vaultPaths: [other] }, { store: 'vault', path });

const isFolderWithin = (folder: InfisicalFolder, other: InfisicalFolder): boolean =>
  isBound({ infisical: [other], vaultPaths: [] }, { store: 'infisical', ...folder });
