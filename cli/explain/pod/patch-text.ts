import { describePlace } from '../../../governance/place.ts';
import type { Effect, Finding } from '../finding.ts';
import type { ObjectReport, Report } from '../report.ts';

/** What is printed for another program, and why something is not among it. */
export interface Printed {
  readonly text: string;
  readonly missing: readonly string[];
}

/** What keeps a pod, as it was written, from its agent. */
const OBSTACLES: readonly Effect[] = ['refused', 'denied', 'uninjected'];

/** What the injector would answer for each pod that it injects: a JSON Patch on a line, in the order of the manifests. */
export function patchLines({ objects, findings: ofFiles }: Report): Printed {
  const pods = objects.flatMap((object) => object.pods ?? []);
  const patches = pods.flatMap(({ injected, findings }) =>
    injected && obstacleIn(findings, OBSTACLES) === undefined ? [injected.operations] : [],
  );
  return {
    text: patches.map((patch) => `${JSON.stringify(patch)}\n`).join(''),
    missing: [...unreadable(ofFiles), ...objects.flatMap((object) => withoutAgent(object, OBSTACLES))],
  };
}

/** Parts of the input of which nobody knows what they ask for. */
export const unreadable = (findings: readonly Finding[]): readonly string[] =>
  findings
    .filter(({ effect }) => effect === 'refused')
    .map(({ place, message }) => `Cannot read ${describePlace(place)}: ${message}`);

/** Why there is no agent in what asks for one. */
export function withoutAgent(object: ObjectReport, obstacles: readonly Effect[]): readonly string[] {
  const { kind, name, place, pods, findings, verdict } = object;
  const what = `${kind} ${name} (${describePlace(place)})`;
  const parts = [
    { which: what, findings },
    ...(pods ?? []).map((pod) => ({
      which: pod.title === '' ? what : `${pod.title} of ${what}`,
      findings: pod.findings,
    })),
  ];
  if (pods === undefined && verdict !== 'uninjected') return [];
  return parts.flatMap(({ which, findings: found }) => {
    const obstacle = obstacleIn(found, obstacles);
    return obstacle === undefined ? [] : [`Cannot inject ${which}: ${obstacle.subject} ${obstacle.message}`];
  });
}

const obstacleIn = (findings: readonly Finding[], obstacles: readonly Effect[]): Finding | undefined =>
  findings.find(({ effect }) => obstacles.includes(effect));
