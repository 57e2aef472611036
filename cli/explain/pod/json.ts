import { describePath } from '../finding.ts';
import type { InjectedPod, PodReport, PodStanding } from './report.ts';
import type { Violation } from './security/parts.ts';

/** A pod for machines, without its findings; `json.ts` says what is in it. */
export function podJson({
  title,
  outcome,
  reason,
  annotations,
  standing,
  accelerators = [],
  injected,
}: PodReport): object {
  return {
    template: title,
    outcome,
    reason: reason ?? null,
    annotations: annotations.map(({ place: { file, line }, key, value, meaning }) => ({
      file,
      line,
      key,
      value,
      meaning,
    })),
    before: standing ? standingJson(standing) : null,
    accelerators,
    ...injectedJson(injected),
  };
}

const NOT_INJECTED = { after: null, agent: null, files: [], patch: null };

function injectedJson(injected: InjectedPod | undefined): object {
  if (injected === undefined) return NOT_INJECTED;
  const { standing, agent, files, operations } = injected;
  return { after: standingJson(standing), agent, files: files.map(fileJson), patch: operations };
}

const standingJson = ({ qos, security }: PodStanding): object => ({
  qosClass: qos,
  podSecurity: security.standard,
  violations: [
    ...security.violations.baseline.map(violationJson('baseline')),
    ...security.violations.restricted.map(violationJson('restricted')),
  ],
});

const violationJson =
  (standard: string) =>
  ({ path, message }: Violation): object => ({ standard, field: describePath(path), message });

const fileJson = ({ path, sources, isTemplate, format, reload }: InjectedPod['files'][number]): object => ({
  path,
  sources,
  template: isTemplate,
  format: format ?? null,
  reload: reload ?? null,
});
