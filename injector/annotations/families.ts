import { DROP_IN_NAMES } from './drop-in-names.ts';
import { INFISICAL_NAMES } from './infisical-names.ts';
import { type AnnotationName, finder, type FindName } from './names.ts';
import { NATIVE_NAMES } from './native-names.ts';

/** Annotations that belong together by their prefix. */
export interface Family {
  readonly prefix: string;
  readonly names: readonly AnnotationName[];
  /** By the key without the prefix. */
  readonly find: FindName;
}

const family = (prefix: string, names: readonly AnnotationName[]): Family => ({
  prefix,
  names,
  find: finder(names),
});

/** That of the Vault Agent Injector, which pods bring along. */
export const DROP_IN = family('vault.hashicorp.com/', DROP_IN_NAMES);

/** Sidekey's own. */
export const NATIVE = family('sidekey.dev/', NATIVE_NAMES);

/** That of Infisical's own injector, which is told what to write instead. */
export const INFISICAL = family('org.infisical.com/', INFISICAL_NAMES);

/** A key of the drop-in family in full. */
export const dropIn = (key: string): string => DROP_IN.prefix + key;

/** A key of Sidekey's own in full. */
export const native = (key: string): string => NATIVE.prefix + key;
