import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBound } from '#contract/binding.ts';
import { withinBoth } from '../../../injector/annotations/ceiling.ts';

const part = fc.constantFrom('a', 'b', 'ab');
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const paths = fc.option(fc.array(path, { maxLength: 3 }), { nil: undefined });

const allows = (vaultPaths: readonly string[] | undefined, asked: string): boolean =>
  vaultPaths === undefined || isBound({ infisical: [], vaultPaths }, { store: 'vault', path: asked });

test('a path is allowed if both the operator and the namespace allow it, and only then', () => {
  fc.assert(
    fc.property(paths, paths, path, (operator, namespace, asked) => {
      const both = withinBoth(
        { ...(operator && { vaultPaths: operator }) },
        { ...(namespace && { vaultPaths: namespace }) },
      );
      expect(allows(both.vaultPaths, asked)).toBe(allows(operator, asked) && allows(namespace, asked));
    }),
  );
});

test('a role is allowed if both allow it, and a list of none allows none', () => {
  const roles = fc.option(fc.array(part, { maxLength: 3 }), { nil: undefined });
  fc.assert(
    fc.property(roles, roles, part, (operator, namespace, asked) => {
      const { vaultRoles } = withinBoth(
        { ...(operator && { vaultRoles: operator }) },
        { ...(namespace && { vaultRoles: namespace }) },
      );
      const [all, some] = [operator?.includes(asked) ?? true, namespace?.includes(asked) ?? true];
      expect(vaultRoles?.includes(asked) ?? true).toBe(all && some);
    }),
  );
});
