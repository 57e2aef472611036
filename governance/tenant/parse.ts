import type { Declaration, Remark } from './declaration.ts';
import type { Tenancy } from './platform.ts';

/** What the files declare, or *every* problem in them. Notes are worth knowing, and no obstacle. */
export type ParsedTenancy =
  | { readonly ok: true; readonly value: Tenancy; readonly notes: readonly Remark[] }
  | { readonly ok: false; readonly problems: readonly Remark[]; readonly notes: readonly Remark[] };

/** Reads the documents of all files together, whatever their order. */
export function parseTenancy(declarations: readonly Declaration[]): ParsedTenancy {
  throw new Error(`Cannot read ${declarations.length} documents yet`);
}
