import fc from 'fast-check';
import { isArray, isObject, type Json, type JsonObject, listIn, objectIn } from '#contract/json.ts';
import { DROP_IN, NATIVE } from '../../../injector/annotations/families.ts';
import { cases, load } from '../../golden/cases.ts';
import { changedAt } from './json-tree.ts';

/** Stands where secrets are in pods: in variables, in arguments, in what annotations say. Nobody may log it. */
export const CANARY = 'canary-41c7';

/** Texts that are put in as they stand: what JSON can say, and what `JSON.stringify` never does. */
const RAW: readonly string[] = [
  '1e999',
  '-0',
  '9007199254740993',
  '123456789012345678901234567890',
  '0.1e-400',
  '"\\ud800"',
  '"\\u0000"',
  '{"a":1,"a":2}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  `${'['.repeat(500)}${']'.repeat(500)}`,
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  'NaN',
  "'a'",
  '',
];

const raw = (index: number): string => `@raw:${index}@`;

const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'name',
  'containers',
  '',
  'a/b~1',
  '\u0000',
  'é😀',
  'metadata',
];

const TEXTS = ['', ' ', 'true', '0', '-1', '../../etc/passwd', '/', 'a\nb', '\uFEFF', '{{', '$(A)', '%s%n', 'x'.repeat(300), 'x'.repeat(100_000), '{{ with secret "a" }}', 'vault:a#b', 'infisical:a/b#C', 'http:POST http://127.0.0.1:1/', 'signal:SIGHUP a', '[{"op":"remove","path":"/name"}]', '1Gi', '5m', '\u0000', '\u202E']; // prettier-ignore

const text = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'binary', maxLength: 40 }));

const evil: fc.Arbitrary<Json> = fc.oneof(
  text,
  fc.nat(RAW.length - 1).map(raw),
  fc.constantFrom<Json>(null, true, false, 0, -1, 1.5, 1e21, [], {}, [[]], [null], [{}], { name: 1 }),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

const PREFIXES = ['vault.hashicorp.com/', 'openbao.org/', 'sidekey.dev/', 'org.infisical.com/'];

/** Every annotation that there is, with names where a user's stand, and some that there are not. */
const annotationKey = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        ...[DROP_IN, NATIVE].flatMap(({ prefix, names }) => names.map(({ key }) => prefix + key)),
      ),
      fc.constantFrom('api', 'a.b', '..', '__proto__', 'A/b', ''),
    )
    .map(([key, name]) => key.replace(/X$|<file>$/u, name)),
  fc.tuple(fc.constantFrom(...PREFIXES), fc.constantFrom(...KEYS)).map(([prefix, key]) => prefix + key),
);

type Edit = (value: Json) => Json;

const place = fc.nat(2000);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, evil).map(
    ([at, value]): Edit =>
      (whole) =>
        changedAt(whole, at, () => value),
  ),
  place.map(
    (at): Edit =>
      (whole) =>
        changedAt(whole, at, () => undefined),
  ),
  fc.tuple(place, fc.constantFrom(...KEYS), evil).map(
    ([at, key, value]): Edit =>
      (whole) =>
        changedAt(whole, at, (owner) => withMember(owner, key, value)),
  ),
  fc.tuple(annotationKey, fc.oneof(text, fc.constant(`${CANARY} x`))).map(
    ([key, value]): Edit =>
      (whole) =>
        annotated(whole, key, value),
  ),
);

function withMember(owner: Json, key: string, value: Json): Json {
  if (isArray(owner)) return [...owner, ...owner.slice(-1), value];
  return isObject(owner) ? { ...owner, [key]: value } : owner;
}

function annotated(review: Json, key: string, value: string): Json {
  if (!isObject(review)) return review;
  const request = objectIn(review, 'request');
  const pod = objectIn(request, 'object');
  const metadata = objectIn(pod, 'metadata');
  const annotations = { ...objectIn(metadata, 'annotations'), [key]: value };
  return { ...review, request: { ...request, object: { ...pod, metadata: { ...metadata, annotations } } } };
}

/** What an API server makes up for a pod: the request's uid, and the name of a volume. */
export const MADE_UP = ['6ca280f7-5c7b-4108-af87-b2843eec4176', 'kube-api-access-8gthj'] as const;

/** As the API server sends it, with secrets in the environment and the arguments. */
function reviewOf(name: string): JsonObject {
  const { pod } = load(name);
  const spec = objectIn(pod, 'spec');
  const [uid, volume] = MADE_UP;
  const containers = listIn(spec, 'containers').map((container) => ({
    ...container,
    args: [`--token=${CANARY}`],
    env: [...listIn(container, 'env'), { name: 'TOKEN', value: CANARY }],
  }));
  const token = { name: volume, projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } };
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace: 'team-a',
      operation: 'CREATE',
      object: {
        ...pod,
        metadata: { generateName: 'model-', ...objectIn(pod, 'metadata') },
        spec: { ...spec, volumes: [...listIn(spec, 'volumes'), token], containers },
      },
    },
  };
}

const REVIEWS = cases.map(reviewOf);

type Damage = (body: Buffer) => Buffer;

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }).map(
    (share): Damage =>
      (body) =>
        body.subarray(0, body.length * share),
  ),
  fc
    .tuple(fc.nat(100_000), fc.uint8Array({ minLength: 1, maxLength: 4 }))
    .map(([at, bytes]): Damage => (body) => {
      const where = body.length === 0 ? 0 : at % body.length;
      return Buffer.concat([body.subarray(0, where), bytes, body.subarray(where + bytes.length)]);
    }),
  fc.constantFrom('\uFEFF', ' \n\t', '{}', '\u0000', '[').map(
    (head): Damage =>
      (body) =>
        Buffer.concat([Buffer.from(head), body]),
  ),
  fc.constantFrom('\uFEFF', ' \n\t', '{}', ',', '\u0000').map(
    (tail): Damage =>
      (body) =>
        Buffer.concat([body, Buffer.from(tail)]),
  ),
  fc.constantFrom('spec', 'metadata', 'annotations', 'request', 'object', 'uid').map(
    (key): Damage =>
      (body) =>
        Buffer.from(body.toString().replace(`"${key}":`, `"${key}":{},"${key}":`)),
  ),
);

const SHOWN_CHARACTERS = 4000;

/** Bytes that are shown as the text that they are. */
export const readable = (bytes: Buffer): Buffer =>
  Object.assign(Buffer.from(bytes), {
    [fc.toStringMethod]: () => JSON.stringify(bytes.toString().slice(0, SHOWN_CHARACTERS)),
  });

/** Bodies of reviews that somebody may send: golden pods with a few things wrong, in the pod, the review or the bytes. */
export const body: fc.Arbitrary<Buffer> = fc
  .record({
    review: fc.constantFrom(...REVIEWS),
    edits: fc.array(edit, { maxLength: 5 }),
    damages: fc.oneof(
      { weight: 4, arbitrary: fc.constant<Damage[]>([]) },
      { weight: 1, arbitrary: fc.array(damage, { maxLength: 2 }) },
    ),
  })
  .map(({ review, edits, damages }) => {
    const edited = edits.reduce<Json>((value, change) => change(value), review);
    const written = JSON.stringify(edited).replace(/"@raw:(\d+)@"/gu, (_, index) => RAW[Number(index)] ?? '');
    return readable(damages.reduce<Buffer>((bytes, change) => change(bytes), Buffer.from(written)));
  });
