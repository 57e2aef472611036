import { createRecent } from '../recent.ts';
import type { Decided } from './decided.ts';
import { type Likeness, ONE_OF_MANY } from './likeness.ts';

/** The decisions about the templates whose pods came last. */
export interface TemplateMemory {
  /** What was decided about a pod of the same template, if that still holds. */
  recall(likeness: Likeness): Decided | undefined;
  /** Keeps a decision, unless it repeats what was made up for this one pod. */
  remember(likeness: Likeness, decision: Decision): void;
}

/** What a decision about a pod of a namespace rests on besides its review; the same objects as long as it is the same. */
export type Grounds = (namespace: string) => readonly unknown[];

export interface Decision {
  readonly namespace: string;
  readonly decided: Decided;
}

interface Remembered extends Decision {
  readonly template: string;
  readonly grounds: readonly unknown[];
}

/** Templates of which pods are made at one time: commonly they fill two megabytes, and never more than sixteen. */
const MOST = 128;
const LONGEST = 64 * 1024;

/**
 * Pods come in hundreds of one template, and a decision is made from nothing but the review and its grounds: of the second
 * pod only what the API server made up is looked at.
 */
export function createTemplateMemory(groundsOf: Grounds): TemplateMemory {
  const entries = createRecent<Remembered>(MOST);
  return {
    recall({ template }) {
      const found = entries.get(keyOf(template));
      if (found?.template !== template) return undefined;
      const now = groundsOf(found.namespace);
      return found.grounds.every((ground, index) => ground === now[index]) ? found.decided : undefined;
    },
    remember({ template, madeUp }, { namespace, decided }) {
      const said = saidIn(decided);
      if (template.length > LONGEST || said.length > LONGEST) return;
      if (madeUp.some((one) => said.includes(one))) return;
      entries.set(keyOf(template), { template, decided, namespace, grounds: groundsOf(namespace) });
    },
  };
}

const KEY_LENGTH = 128;

/**
 * The name that a controller gives to its pods, and a little around it: to compare one text with another takes less than to
 * look all of it up. Of two templates with the same key, that which came last is held.
 */
function keyOf(template: string): string {
  const place = template.indexOf(ONE_OF_MANY);
  return `${template.length} ${template.slice(place, place + KEY_LENGTH)}`;
}

const PATCH = /"patch":"(?<base64>[^"]*)"/u;

/** All that is said of a pod, readable. */
function saidIn({ answer, pod, event }: Decided): string {
  const text = answer.join('');
  const patch = PATCH.exec(text)?.groups?.['base64'] ?? '';
  return [text, Buffer.from(patch, 'base64').toString(), JSON.stringify([pod, event])].join('\n');
}
