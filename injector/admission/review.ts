import { isObject, type JsonObject } from '#contract/json.ts';
import { type Parsed, parsed, rejected } from '#contract/problem.ts';
import { Reader } from '#contract/reader.ts';

const API_VERSION = 'admission.k8s.io/v1';
const KIND = 'AdmissionReview';

/** The part of an `admission.k8s.io/v1` request that decisions are made from. */
export interface AdmissionRequest {
  readonly uid: string;
  /** `CREATE`, `UPDATE`, `DELETE` or `CONNECT`. */
  readonly operation: string;
  /** As in a rule: `v1/pods`, `apps/v1/deployments`, `v1/pods/ephemeralcontainers`. */
  readonly resource: string;
  readonly namespace: string;
  /** True if nothing is to come of it. */
  readonly dryRun?: boolean;
  /** The object as it was sent; empty where there is none (`DELETE`). */
  readonly object: JsonObject;
}

/** Reads the body of a webhook call. The problems are about the review, never about the object in it. */
export function decodeReview(body: unknown): Parsed<AdmissionRequest> {
  const review = new Reader(body, 'AdmissionReview');
  const apiVersion = review.unknown('apiVersion');
  if (apiVersion !== API_VERSION) review.report('apiVersion', `must be "${API_VERSION}"`);
  if (review.unknown('kind') !== KIND) review.report('kind', `must be "${KIND}"`);
  const request = review.child('request');
  const object = request.unknown('object') ?? {};
  if (!isObject(object)) request.report('object', 'must be an object');
  const value: AdmissionRequest = {
    uid: request.string('uid'),
    operation: request.string('operation'),
    resource: resourceOf(request),
    namespace: request.string('namespace', '', { allowEmpty: true }),
    dryRun: request.boolean('dryRun', false),
    object: isObject(object) ? object : {},
  };
  return review.problems.length > 0 ? rejected(review.problems) : parsed(value);
}

function resourceOf(request: Reader): string {
  const resource = request.child('resource');
  const parts = [
    resource.string('group', '', { allowEmpty: true }),
    resource.string('version'),
    resource.string('resource'),
    request.string('subResource', '', { allowEmpty: true }),
  ];
  return parts.filter((part) => part !== '').join('/');
}

/** The body of an answer. */
export interface AdmissionReview<Response> {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: typeof KIND;
  readonly response: Response;
}

/** Wraps a response in the review that the API server expects. */
export function encodeReview<Response>(response: Response): AdmissionReview<Response> {
  return { apiVersion: API_VERSION, kind: KIND, response };
}
