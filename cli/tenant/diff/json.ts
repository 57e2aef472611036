import { describePath, type Difference } from '../../../governance/diff/difference.ts';
import type { Drift, Outcome } from '../../../governance/diff/drift.ts';

/**
 * The report for machines. Fields are only ever added:
 *
 *     { "version": 1,
 *       "compared": number,                    objects that were looked at
 *       "drifts": [{
 *         "destination": "kubernetes" | "vault" | "infisical",
 *         "subject", "tenant": text or null,
 *         "kind": "missing" | "extra" | "different",
 *         "reason": text or null,              why an extra one is taken for ours
 *         "differences": [{ "kind": "missing" | "extra" | "changed", "field", "want": any or null, "have": any or null }] }],
 *       "unanswered": [{ "destination", "message" }] }
 */
export function diffJson({ compared, drifts, unanswered }: Outcome): string {
  const whole = { version: 1, compared, drifts: drifts.map(driftJson), unanswered };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

const driftJson = ({ destination, subject, tenant, kind, reason, differences }: Drift): object => ({
  destination,
  subject,
  tenant: tenant === '' ? null : tenant,
  kind,
  reason: reason ?? null,
  differences: differences.map(differenceJson),
});

const differenceJson = (difference: Difference): object => ({
  kind: difference.kind,
  field: describePath(difference.path),
  want: 'want' in difference ? difference.want : null,
  have: 'have' in difference ? difference.have : null,
});
