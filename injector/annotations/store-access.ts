import type { Findings } from './findings.ts';
import type { Credential } from './injection.ts';
import { addressParser, type ValueParser } from './values.ts';

/** A store, and what to log in to it with. */
export interface StoreAccess<Store> {
  readonly store: Store;
  readonly credentials: readonly Credential[];
}

/** What tells people of a store, and the operator's part in it. */
export interface StoreTitle {
  readonly name: string;
  /** The variable of the injector that holds its address. */
  readonly variable: string;
}

interface Addresses {
  readonly address: string;
  readonly allowedAddresses: readonly string[];
}

/** The addresses that a pod may choose from: none of a store that the operator has not set. */
export function allowedAddress(title: StoreTitle, defaults: Addresses | undefined): ValueParser<string> {
  if (defaults !== undefined) return addressParser([defaults.address, ...defaults.allowedAddresses]);
  const expected = `no such annotation, for the operator has set no address of ${title.name} (${title.variable})`;
  return () => ({ expected });
}

/** Whom a pod trusts takes the place of whom the operator does. */
export function trust(
  caPem: string | undefined,
  caFile: string | undefined,
): { readonly caPem?: string; readonly caFile?: string } {
  if (caFile !== undefined) return { caFile };
  return caPem === undefined ? {} : { caPem };
}

/** Notes that a file needs a store which the operator has not set. */
export function noteUnset(findings: Findings, { name, variable }: StoreTitle, file: string): void {
  findings.deny(file, `needs ${name}; expected the operator to have set its address (${variable})`);
}
