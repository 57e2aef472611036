import { isArray, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { LogLine } from '../line.ts';
import { shownName, shownPath } from '../shown.ts';

/** One record of the API server's audit log. */
export interface ApiEvent extends LogLine {
  readonly id: string;
  /** `started`: the answer goes on, as that of an exec does. */
  readonly stage: 'started' | 'complete';
  readonly verb: string;
  readonly group: string;
  /** With the subresource: `pods/exec`. */
  readonly resource: string;
  readonly namespace: string;
  /** Empty for what is created with a generated name, and for many at once. */
  readonly name: string;
  readonly uid: string;
  readonly username: string;
  /** Who pretended to be the user; empty if nobody did. */
  readonly impersonator: string;
  readonly code: number;
  /** The status's own words, of which only what is a name or a policy's own is ever shown. */
  readonly message: string;
  readonly uri: string;
  readonly annotations: JsonObject;
  readonly requestObject: JsonObject;
  readonly responseObject: JsonObject;
}

/** True for the lines of an API server. */
export const isApiRecord = (object: JsonObject): boolean =>
  object['kind'] === 'Event' && textIn(object, 'apiVersion').startsWith('audit.k8s.io/');

export function readEvent(line: LogLine): ApiEvent {
  const { object } = line;
  const reference = objectIn(object, 'objectRef');
  const subresource = textIn(reference, 'subresource');
  const user = textIn(objectIn(object, 'user'), 'username');
  const impersonated = textIn(objectIn(object, 'impersonatedUser'), 'username');
  const status = objectIn(object, 'responseStatus');
  return {
    ...line,
    id: textIn(object, 'auditID'),
    stage: object['stage'] === 'ResponseStarted' ? 'started' : 'complete',
    verb: textIn(object, 'verb'),
    group: textIn(reference, 'apiGroup'),
    resource: textIn(reference, 'resource') + (subresource === '' ? '' : `/${subresource}`),
    // A Namespace is in itself, and the API server says so of some requests only.
    namespace:
      textIn(reference, 'namespace') ||
      (reference['resource'] === 'namespaces' ? textIn(reference, 'name') : ''),
    name: textIn(reference, 'name'),
    uid: textIn(reference, 'uid'),
    username: impersonated || user,
    impersonator: impersonated === '' ? '' : user,
    code: Number(status['code'] ?? 0),
    message: textIn(status, 'message'),
    uri: textIn(object, 'requestURI'),
    annotations: objectIn(object, 'annotations'),
    requestObject: objectIn(object, 'requestObject'),
    responseObject: objectIn(object, 'responseObject'),
  };
}

/** True if it did what it was asked to, and not only for trying. */
export const isDone = (event: ApiEvent): boolean => event.code < 300 && !isDryRun(event);

/** A deletion says so in its body. */
export function isDryRun({ uri, requestObject }: ApiEvent): boolean {
  const said = requestObject['dryRun'];
  return /[?&]dryRun=/u.test(uri) || (isArray(said) && said.length > 0);
}

/** `alice`, or `alice, by way of admin`. */
export function userText({ username, impersonator }: ApiEvent): string | undefined {
  const name = shownName(username);
  return impersonator === '' ? name : `${name}, by way of ${shownName(impersonator)}`;
}

/** True for the cluster's own components, which do what they do all day. */
export const isMachine = ({ username }: ApiEvent): boolean =>
  username.startsWith('system:') && username !== 'system:admin' && username !== 'system:anonymous';

/** True for the parts of the control plane, whose changes of rights belong to its start. */
export const isControlPlane = ({ username }: ApiEvent): boolean =>
  /^system:(?:apiserver$|kube-|serviceaccount:kube-system:)/u.test(username);

/** `pods/exec inference-1`; `pods dep-7f*` for a generated name; `pods` for all; `/metrics` for what is no resource. */
export function objectText({ resource, name, requestObject, uri }: ApiEvent): string | undefined {
  if (resource === '') return shownPath(uri);
  const generated = shownName(objectIn(requestObject, 'metadata')['generateName']);
  const shown = shownName(name) ?? (generated === undefined ? '' : `${generated}*`);
  return `${shownName(resource)} ${shown}`.trim();
}
