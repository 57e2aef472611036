import { applyPatch } from 'rfc6902';
import { isObject, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { createLog } from '#platform/log.ts';
import { review } from '../../../injector/admission/handler.ts';
import { createInjectorMetrics } from '../../../injector/metrics.ts';
import type { Operation } from '../../../injector/pod/patch.ts';
import { createExchange } from '../../../injector/server/exchange.ts';
import { Refusal } from '../../../injector/server/refusal.ts';
import { SETTINGS } from '../../injector/admission/example.ts';
import { CANARY, MADE_UP } from './bodies.ts';

/** What became of a body. */
export type Fate = 'refused' | 'allowed' | 'injected' | 'denied';

let lines: string[] = [];
const metrics = createInjectorMetrics({ requests: 0 });
const log = createLog('trace', 'injector', { write: (line) => void lines.push(line) });
const exchange = (): ((body: Buffer) => string) =>
  createExchange({ decide: (request) => review(request, SETTINGS), metrics, log });

export const answer = exchange();

/**
 * Has a body answered as the server does, and looks at everything that comes of it.
 *
 * @throws {Error} If it is answered with anything but an admission review that holds, or a `Refusal` that is JSON; or if a secret
 * is in a log, or in what is said about the pod.
 */
export function fateOf(body: Buffer): Fate {
  lines = [];
  const fate = answered(body);
  expectSiblingAnsweredByItself(body);
  if (lines.join('').includes(CANARY)) throw new Error('The log holds a secret');
  for (const line of lines) JSON.parse(line);
  if (Object.hasOwn(Object.prototype, 'polluted')) throw new Error('A body has changed all objects');
  return fate;
}

/** The next pod of the same template, as far as it is one. */
function siblingOf(body: Buffer): Buffer {
  const [uid, volume] = MADE_UP;
  const other = body
    .toString('latin1')
    .replaceAll(uid, 'e6cf82be-265b-46bb-aae0-835f90c3723d')
    .replaceAll(volume, 'kube-api-access-kg7gf');
  return Buffer.from(other, 'latin1');
}

/** Whoever knows a body says the same of the next one as who has seen none. */
function expectSiblingAnsweredByItself(body: Buffer): void {
  const sibling = siblingOf(body);
  if (saidOf(answer, sibling) !== saidOf(exchange(), sibling))
    throw new Error('The next pod of the template is answered as it would not be by itself');
}

function saidOf(say: (body: Buffer) => string, body: Buffer): string {
  try {
    return say(body);
  } catch (error) {
    if (error instanceof Refusal) return JSON.stringify(error);
    throw error;
  }
}

function answered(body: Buffer): Fate {
  let text: string;
  try {
    text = answer(body);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (JSON.stringify(error).includes(CANARY))
      throw new Error('The refusal holds a secret', { cause: error });
    return 'refused';
  }
  const { response } = JSON.parse(text) as { response: JsonObject };
  const { code } = objectIn(response, 'status');
  if (code === 500) throw new Error(`It ended in an error of the injector's own: ${lines.join('')}`);
  const request = objectIn(JSON.parse(new TextDecoder().decode(body)) as JsonObject, 'request');
  if (response['uid'] !== request['uid']) throw new Error('It is not known which request is answered');
  return response['allowed'] === true ? taken(response, request) : 'denied';
}

/**
 * What the API server makes of it; the request is changed, for what is nested deep cannot be copied. Undefined if it is nested
 * deeper than whoever applies the patch can go.
 */
function patched(request: JsonObject, operations: readonly Operation[]): JsonObject | undefined {
  const moved = operations.map((operation) => ({ ...operation, path: `/object${operation.path}` }));
  try {
    const errors = applyPatch(request, moved).filter((error) => error !== null);
    if (errors.length > 0) throw new Error('The patch does not fit', { cause: errors });
    return request;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** A patch has to fit the pod, and to be the last one that is needed. */
function taken(response: JsonObject, request: JsonObject): Fate {
  if (response['patch'] === undefined) return 'allowed';
  const operations = JSON.parse(Buffer.from(textIn(response, 'patch'), 'base64').toString()) as Operation[];
  const after = patched(request, operations);
  if (after === undefined) return 'injected';
  const { object } = after;
  if (!isObject(object)) throw new Error('The patch makes something else of the pod');
  const again = review(
    {
      uid: '',
      operation: 'CREATE',
      resource: 'v1/pods',
      namespace: textIn(request, 'namespace'),
      object,
    },
    SETTINGS,
  );
  if (again.outcome !== 'injected') throw new Error('The pod is not taken a second time');
  if (again.operations.length > 0) throw new Error('The pod is changed a second time');
  return 'injected';
}
