import { type JsonObject, textIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import type { Injection } from '../../injector/annotations/injection.ts';
import type { Tenant } from '../tenant/tenant.ts';
import type { Effect, Finding } from './finding.ts';
import { objectAt, type Path, type PodPlace } from './pods.ts';

/** What the injector makes of a pod; of one that does not ask, nothing. */
export type Injected =
  | {
      readonly outcome: 'injected';
      readonly pod: JsonObject;
      readonly injection: Injection;
      readonly warnings: readonly Problem[];
    }
  | {
      readonly outcome: 'denied';
      readonly problems: readonly Problem[];
      readonly warnings: readonly Problem[];
    }
  | { readonly outcome: 'skipped'; readonly warnings: readonly Problem[] };

/** Asks the injector about a pod in a namespace. */
export type Inject = (pod: JsonObject, namespace: string) => Injected;

/** What the injector says, in its own words. */
export function injectorFindings(injected: Injected, place: PodPlace): readonly Finding[] {
  const found =
    (effect: Effect) =>
    ({ key, message }: Problem): Finding => ({ effect, path: pathOf(key, place), subject: key, message });
  const problems = injected.outcome === 'denied' ? injected.problems : [];
  return [...problems.map(found('denied')), ...injected.warnings.map(found('note'))];
}

/** Of the pod's spec it says a path (`spec.containers[0].name`), of annotations the key. */
function pathOf(key: string, { metadata, spec }: PodPlace): Path {
  const [, within] = /^spec(?:\.|$)(.*)$/u.exec(key) ?? [];
  if (within === undefined) return [...metadata, 'annotations', key];
  return [...spec, ...within.split(/[.[\]]+/u).filter((part) => part !== '')];
}

/** The role that a pod's service account is shown to; other logins have nothing to do with it. */
function accountRole(vault: Injection['vault']): string | undefined {
  const auth = vault?.auth;
  return auth?.method === 'kubernetes' || auth?.method === 'jwt' ? auth.role : undefined;
}

/** Logins that the store refuses: the pod is taken, and then waits for secrets that never come. */
export function loginFindings(
  { vault, infisical }: Injection,
  object: JsonObject,
  place: PodPlace,
  tenant: Tenant,
): readonly Finding[] {
  const spec = objectAt(object, place.spec);
  const account = textIn(spec, 'serviceAccountName') || textIn(spec, 'serviceAccount') || 'default';
  const refused = (subject: string, what: string, accounts: readonly string[]): readonly Finding[] =>
    accounts.includes(account)
      ? []
      : [
          {
            effect: 'stuck',
            path: [...place.spec, 'serviceAccountName'],
            subject,
            message: `the pod runs as the service account ${account}, which ${what} does not take. Write serviceAccountName: ${accounts.join(' or ')}, or have the tenant declare ${account} among its serviceAccounts`,
          },
        ];
  return [
    ...(tenant.vault !== undefined && accountRole(vault) === tenant.vault.role
      ? refused('vault-login', `the role ${tenant.vault.role}`, tenant.vault.serviceAccounts)
      : []),
    ...(infisical?.auth.method === 'kubernetes' && infisical.auth.identityId === tenant.infisical?.identity
      ? refused('infisical-login', 'the machine identity of the tenant', tenant.infisical.serviceAccounts)
      : []),
  ];
}
