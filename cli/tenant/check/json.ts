import type { CheckReport, ObjectReport, Placed } from './report.ts';

/**
 * The report for machines. Fields are only ever added:
 *
 *     { "version": 1,
 *       "findings": [finding],                 of files as a whole: what is no YAML, what stands twice
 *       "undeclared": [text],                  namespaces of objects that no tenant and no manifest declares
 *       "objects": [{
 *         "file", "line", "column", "kind", "name", "namespace": text or null,
 *         "judged": boolean,                   false: no policy is about it
 *         "effect": "denied" | "stuck" | "note" or null,        the worst that was found
 *         "findings": [finding] }] }
 *
 * where a finding is { "effect", "file", "line", "column", "field", "subject", "message" }; subject is the policy, or what else
 * refuses it: an annotation's key where the injector does, quota, vault-login, infisical-login.
 */
export function checkJson({ objects, faults, undeclared }: CheckReport): string {
  const whole = {
    version: 1,
    findings: faults.map(findingJson),
    undeclared: [...undeclared.keys()],
    objects: objects.map(objectJson),
  };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

const objectJson = ({ place, kind, name, namespace, isJudged, effect, findings }: ObjectReport): object => ({
  ...place,
  kind,
  name,
  namespace: namespace ?? null,
  judged: isJudged,
  effect: effect ?? null,
  findings: findings.map(findingJson),
});

const findingJson = ({ effect, place, path, subject, message }: Placed): object => ({
  effect,
  ...place,
  field: describePath(path),
  subject,
  message,
});

/** As people write it; an item of a list by its position. */
const describePath = (path: readonly string[]): string =>
  path
    .map((part, at) =>
      /^\d+$/u.test(part) || !/^[\w-]+$/u.test(part) ? `[${part}]` : `${at === 0 ? '' : '.'}${part}`,
    )
    .join('');
