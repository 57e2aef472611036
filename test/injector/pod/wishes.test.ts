import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { review } from '../../../injector/admission/handler.ts';
import { qosClass } from '../../../injector/pod/qos.ts';
import { applied, requestFor, SETTINGS } from '../admission/example.ts';
import { wishingPods } from './arbitrary.ts';
import { hasUniqueNames, type Mutator, others, specOf, unordered } from './mutators.ts';

/** The pod as the API server has it after a review; undefined if it is not injected. */
function injectedIf(pod: JsonObject): JsonObject | undefined {
  const verdict = review(requestFor(pod), SETTINGS);
  return verdict.outcome === 'injected' ? (applied(pod, verdict.operations) as JsonObject) : undefined;
}

/** Pods and other webhooks for which there is an agent in each order. */
const cases = fc.tuple(wishingPods, others).map(([pod, other]) => {
  const alone = injectedIf(pod);
  const late = hasUniqueNames(other(pod)) ? injectedIf(other(pod)) : undefined;
  return { pod, other, alone, late };
});

function forAll(numRuns: number, check: (one: Checked) => void): void {
  fc.assert(
    fc.property(cases, ({ pod, other, alone, late }) => {
      fc.pre(alone !== undefined && late !== undefined);
      check({ pod, other, alone, late });
    }),
    { numRuns, maxSkipsPerRun: 1000 },
  );
}

interface Checked {
  readonly pod: JsonObject;
  readonly other: Mutator;
  readonly alone: JsonObject;
  readonly late: JsonObject;
}

describe('whatever a pod wants of its agent', () => {
  it('keeps the class of the pod', () => {
    forAll(200, ({ pod, other, alone, late }) => {
      expect(qosClass(specOf(alone))).toBe(qosClass(specOf(pod)));
      expect(qosClass(specOf(late))).toBe(qosClass(specOf(other(pod))));
    });
  });

  it('is there once and for all: a second pass changes nothing', () => {
    forAll(150, ({ alone, late }) => {
      for (const pod of [alone, late])
        expect(review(requestFor(pod), SETTINGS)).toMatchObject({ outcome: 'injected', operations: [] });
    });
  });

  it('is there whether another webhook was called before, or in between two passes', () => {
    forAll(200, ({ other, alone, late }) => {
      const repaired = injectedIf(other(alone));
      expect(repaired && unordered(repaired)).toEqual(unordered(late));
    });
  });
});
