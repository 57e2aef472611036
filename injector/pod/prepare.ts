import { type JsonObject, objectIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import type { Injection } from '../annotations/injection.ts';
import { withAccount } from './account.ts';
import { type BuiltAgent, buildAgent } from './agent.ts';
import { encodeConfig } from './agent-config.ts';
import { audienceWarnings } from './asked.ts';
import { cautions } from './caution.ts';
import { conflicts } from './conflict.ts';
import type { Agent } from './container.ts';
import { chooseImage, type Images } from './image.ts';
import { unreadableFiles } from './readers.ts';

/** The agent for a pod. To be put into it only if there are no problems. */
export type Prepared = Pick<BuiltAgent, 'injection' | 'container' | 'problems' | 'warnings'>;

/** What there is around a pod. */
export interface Surroundings extends Pick<Agent, 'bounds' | 'assignsUsers'> {
  readonly images: Images;
}

/** Makes the agent that a pod asks for, and looks for everything that keeps it from being had. */
export function prepare(pod: JsonObject, asked: Injection, { images, ...around }: Surroundings): Prepared {
  const { injection, problems } = withAccount(pod, asked);
  const spec = objectIn(pod, 'spec');
  const config = encodeConfig(injection);
  const image = chooseImage(injection, images);
  const built = buildAgent(pod, {
    injection,
    config: config.ok ? config.value : '',
    image: image.image,
    ...around,
  });
  const unreadable = unreadableFiles(spec, injection, around.assignsUsers === true);
  const warnings: Problem[] = [
    ...cautions(pod, injection),
    ...image.warnings,
    ...audienceWarnings(spec, injection),
    ...unreadable.warnings,
    ...built.warnings,
  ];
  return {
    injection,
    container: built.container,
    problems: [
      ...problems,
      ...(config.ok ? [] : config.problems),
      ...image.problems,
      ...conflicts(pod, injection),
      ...unreadable.problems,
      ...built.problems,
    ],
    warnings,
  };
}
