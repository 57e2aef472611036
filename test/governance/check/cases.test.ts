import { describe, expect, test } from 'vitest';
import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { injectorOf } from '../../../cli/tenant/check/injector.ts';
import { checkObjects } from '../../../governance/check/check.ts';
import { parseTenancy } from '../../../governance/tenant/parse.ts';
import { CASES } from '../cases/all.ts';
import type { Case } from '../cases/case.ts';
import { NAMESPACES, SETTINGS } from '../cases/namespaces.ts';

const parsed = parseTenancy([]);
if (!parsed.ok) throw new Error('Nothing declared is no mistake');
const tenancy = parsed.value;

/** What somebody of a team puts into a repository: creations alone. */
const CREATIONS = CASES.filter(
  ({ operation, subresource, user, object }) =>
    operation === 'CREATE' &&
    subresource === undefined &&
    user === undefined &&
    !SETTINGS.exemptNamespaces.includes(textIn(objectIn(object, 'metadata'), 'namespace')),
);

/** Whether the injector was there cannot be seen in a manifest; it is made sure of instead. */
const MADE_SURE_OF = 'sidekey-injected';

const isNamespace = ({ object }: Case): boolean => object['kind'] === 'Namespace';

/** The policies that refuse each, the namespaces being known by their manifests as if a repository held them. */
function refusals(
  cases: readonly Case[],
  namespaces: readonly JsonObject[],
): ReadonlyMap<string, readonly string[]> {
  const rules = { tenancy, inject: injectorOf(tenancy.platform), namespace: 'default' };
  const checked = checkObjects([...cases.map(({ object }) => object), ...namespaces], rules);
  return new Map(
    cases.map(({ name }, at) => {
      // Where policies only audit, they tell.
      const refusing = (checked[at]?.findings ?? []).filter(({ effect }) => effect !== 'note');
      const subjects = refusing.map(({ subject }) => subject).filter((one) => one.startsWith('sidekey-'));
      return [name, [...new Set(subjects)].toSorted()];
    }),
  );
}

const REFUSALS = new Map([
  ...refusals(CREATIONS.filter(isNamespace), []),
  ...refusals(
    CREATIONS.filter((one) => !isNamespace(one)),
    NAMESPACES,
  ),
]);

describe('a check says of a manifest what the policies say of the request', () => {
  test.each(CREATIONS)('$name', ({ name, denies }) => {
    const wanted = denies.map(({ policy }) => policy).filter((policy) => policy !== MADE_SURE_OF);
    expect(REFUSALS.get(name)?.filter((policy) => policy !== MADE_SURE_OF)).toEqual(wanted.toSorted());
  });

  test('of enough of them', () => {
    expect(CREATIONS.length).toBeGreaterThan(150);
    expect(CREATIONS.filter(({ denies }) => denies.length > 0).length).toBeGreaterThan(100);
  });
});
