import { DROP_IN_RULES } from './drop-in-names.ts';
import { INFISICAL_RULES } from './infisical-names.ts';
import { type AnnotationName, finder, type FindName, namesOf, type Rule } from './names.ts';
import { NATIVE_RULES } from './native-names.ts';

/** Annotations that belong together by their prefix. */
export interface Family {
  readonly prefix: string;
  readonly names: readonly AnnotationName[];
  /** By the key without the prefix. */
  readonly find: FindName;
}

function family(prefix: string, rules: Readonly<Record<string, Rule>>): Family {
  const names = namesOf(rules);
  return { prefix, names, find: finder(names) };
}

/** That of the Vault Agent Injector, which pods bring along. */
export const DROP_IN = family('vault.hashicorp.com/', DROP_IN_RULES);

/** The same of the OpenBao Agent Injector, whose keys count before those. */
export const OPENBAO = family('openbao.org/', DROP_IN_RULES);

/** Sidekey's own. */
export const NATIVE = family('sidekey.dev/', NATIVE_RULES);

/** That of Infisical's own injector, which is told what to write instead. */
export const INFISICAL = family('org.infisical.com/', INFISICAL_RULES);

/** Keys in full. Those of the table are put together once: each pod is asked for a hundred of them. */
function completing({ prefix, names }: Family): (key: string) => string {
  const complete = new Map(names.map(({ key }) => [key, prefix + key]));
  return (key) => complete.get(key) ?? prefix + key;
}

/** A key of the drop-in family in full. */
export const dropIn = completing(DROP_IN);

/** A key of Sidekey's own in full. */
export const native = completing(NATIVE);
