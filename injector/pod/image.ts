import type { Problem } from '#contract/problem.ts';
import type { Injection } from '../annotations/injection.ts';
import { DROP_IN } from '../annotations/families.ts';
import type { Excess } from '../annotations/limit-rule.ts';
import { inWords } from '../annotations/values.ts';

/** The images that the operator has for agents. */
export interface Images {
  readonly own: string;
  /** Those that pods of the namespace may name. */
  readonly allowed: readonly string[];
}

export interface ChosenImage {
  readonly image: string;
  readonly problems: readonly Excess[];
  readonly warnings: readonly Problem[];
}

/** What the agents of other injectors are called, without registry, folders and tag. */
const OTHER_AGENTS = /(?:^|\/)(?:vault(?:-enterprise)?|openbao(?:-(?:ubi|hsm|hsm-ubi))?|bao)(?:[:@].*)?$/u;

/** True for the image of another injector's agent, which drop-in pods bring along. */
export const isOtherAgent = (image: string): boolean => OTHER_AGENTS.test(image);

/** The image of the agent: one that the operator allows, or the operator's. */
export function chooseImage(
  { agent: { image: wish } }: Pick<Injection, 'agent'>,
  images: Images,
): ChosenImage {
  const { own, allowed } = images;
  const chosen = { image: own, problems: [], warnings: [] };
  if (wish === undefined || wish.value === own) return chosen;
  if (allowed.includes(wish.value)) return { ...chosen, image: wish.value };
  const { key, value } = wish;
  if (key.startsWith(DROP_IN.prefix) && isOtherAgent(value))
    return {
      ...chosen,
      warnings: [{ key, message: "is ignored: it names another agent; the operator's image is used" }],
    };
  const known = inWords([...new Set([own, ...allowed])]);
  return {
    ...chosen,
    problems: [
      {
        rule: 'image',
        key,
        message: `is ${JSON.stringify(value)}; expected an image that the operator allows: ${known}`,
      },
    ],
  };
}
