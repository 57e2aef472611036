import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  annotationsIn,
  isArray,
  isObject,
  type Json,
  type JsonObject,
  listIn,
  textIn,
} from '#contract/json.ts';
import { review } from '../../../injector/admission/handler.ts';
import { qosClass } from '../../../injector/pod/qos.ts';
import { applied, injected, requestFor, SETTINGS } from '../admission/example.ts';
import { pods } from './arbitrary.ts';
import { hasUniqueNames, isOurs, isTheirs, others, specOf, unordered, withSpec } from './mutators.ts';

const namesIn = (pod: JsonObject, list: string): readonly string[] =>
  listIn(specOf(pod), list).map((entry) => textIn(entry, 'name'));

const withoutMounts = (entry: JsonObject): JsonObject => ({
  ...entry,
  volumeMounts: listIn(entry, 'volumeMounts').filter(isTheirs),
});

/** What is left when everything of ours is taken out again. */
function theirs(pod: JsonObject): Json {
  const spec = specOf(pod);
  return withSpec(pod, {
    volumes: listIn(spec, 'volumes').filter(isTheirs),
    initContainers: listIn(spec, 'initContainers').filter(isTheirs).map(withoutMounts),
    containers: listIn(spec, 'containers').map(withoutMounts),
  });
}

describe('mutating any pod', () => {
  it('is done once and for all: a second pass changes nothing', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        expect(review(requestFor(injected(pod)), SETTINGS)).toMatchObject({ operations: [] });
      }),
      { numRuns: 300 },
    );
  });

  it('is deterministic', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        expect(review(requestFor(structuredClone(pod)), SETTINGS)).toEqual(review(requestFor(pod), SETTINGS));
      }),
    );
  });

  it('does not change the pod that was sent', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        const before = JSON.stringify(pod);
        injected(pod);
        expect(JSON.stringify(pod)).toBe(before);
      }),
    );
  });

  it('leaves every byte of what is not ours, in its order', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        const after = injected(pod);
        const { metadata: _, ...left } = theirs(after) as JsonObject;
        const { metadata: __, ...sent } = theirs(pod) as JsonObject;
        expect(JSON.stringify(sorted(left))).toBe(JSON.stringify(sorted(sent)));
        expect(namesIn(after, 'containers')).toEqual(namesIn(pod, 'containers'));
      }),
    );
  });

  it('keeps its class of service', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        expect(qosClass(specOf(injected(pod)))).toBe(qosClass(specOf(pod)));
      }),
      { numRuns: 500 },
    );
  });

  it('comes to the same whether another webhook was called before, or in between two passes', () => {
    fc.assert(
      fc.property(pods, others, (pod, other) => {
        fc.pre(hasUniqueNames(other(pod)));
        expect(unordered(injected(other(injected(pod))))).toEqual(unordered(injected(other(pod))));
      }),
      { numRuns: 200 },
    );
  });

  it('is done once and for all after another webhook, too', () => {
    fc.assert(
      fc.property(pods, others, (pod, other) => {
        fc.pre(hasUniqueNames(other(pod)));
        const after = injected(other(injected(pod)));
        expect(review(requestFor(after), SETTINGS)).toMatchObject({ operations: [] });
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the class that another webhook has given it meanwhile', () => {
    fc.assert(
      fc.property(pods, others, (pod, other) => {
        fc.pre(hasUniqueNames(other(pod)));
        expect(qosClass(specOf(injected(other(injected(pod)))))).toBe(qosClass(specOf(other(pod))));
      }),
      { numRuns: 100 },
    );
  });

  it('is a patch that applies to the text that was sent, and makes of it what was decided, in that order', () => {
    fc.assert(
      fc.property(pods, others, (pod, other) => {
        fc.pre(hasUniqueNames(other(pod)));
        for (const one of [pod, other(injected(pod))]) {
          const sent = JSON.parse(JSON.stringify(one)) as JsonObject;
          const verdict = review(requestFor(sent), SETTINGS);
          const { operations = [], pod: decided } = verdict.outcome === 'injected' ? verdict : {};
          const received = JSON.parse(JSON.stringify(operations)) as typeof operations;
          const made = applied(sent, received);
          expect(made).toEqual(decided);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('mounts the files read-only in every container but the agent, which alone has the rest', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        const spec = specOf(injected(pod));
        const inits = listIn(spec, 'initContainers');
        const [agent = {}] = inits.filter(isOurs);
        const files = listIn(agent, 'volumeMounts').slice(0, -2);
        expect(files.length).toBeGreaterThan(0);
        expect(listIn(agent, 'volumeMounts').slice(-2)).toMatchObject([
          { name: 'sidekey-state' },
          { name: 'sidekey-token', readOnly: true },
        ]);
        for (const one of [...listIn(spec, 'containers'), ...inits.filter(isTheirs)]) {
          const ours = listIn(one, 'volumeMounts').filter(isOurs);
          expect(ours).toEqual(files.map((mount) => ({ ...mount, readOnly: true })));
        }
      }),
    );
  });

  it('gives each directory a tmpfs of its own', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        const spec = specOf(injected(pod));
        const [agent = {}] = listIn(spec, 'initContainers').filter(isOurs);
        const mounted = listIn(agent, 'volumeMounts').map((mount) => textIn(mount, 'name'));
        const volumes = listIn(spec, 'volumes').filter(isOurs);
        expect(volumes.map((volume) => textIn(volume, 'name'))).toEqual(mounted);
        for (const volume of volumes.filter(({ name }) => name !== 'sidekey-token'))
          expect(volume['emptyDir']).toEqual({ medium: 'Memory', sizeLimit: '16Mi' });
      }),
    );
  });

  it('puts the agent last for the drop-in family alone, else after every mesh and before what follows it', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        const inits = listIn(specOf(injected(pod)), 'initContainers');
        const index = inits.findIndex(isOurs);
        const [before, after] = [inits.slice(0, index), inits.slice(index + 1)];
        const meshes = before.slice(0, before.findLastIndex(isSidecar) + 1);
        expect(after.filter(isSidecar)).toEqual([]);
        expect(before).toEqual(asksNatively(pod) ? meshes : inits.filter(isTheirs));
      }),
    );
  });

  it('says so in the words of whoever asked', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        const asked = annotationsIn(pod);
        const said = annotationsIn(injected(pod));
        const [dropIn, native] = ['vault.hashicorp.com/agent-inject', 'sidekey.dev/inject'];
        expect(said[`${dropIn}-status`]).toBe(dropIn in asked ? 'injected' : undefined);
        expect(said['sidekey.dev/status']).toBe(native in asked ? 'injected' : undefined);
      }),
    );
  });
});

const asksNatively = (pod: JsonObject): boolean => 'sidekey.dev/inject' in annotationsIn(pod);
const isSidecar = (container: JsonObject): boolean => container['restartPolicy'] === 'Always';

/** A patch keeps no order of members. */
function sorted(value: Json): Json {
  if (isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
