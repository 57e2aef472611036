import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isObject, type JsonObject } from '#contract/json.ts';
import { explainFault, faultCode } from '#platform/connection-fault.ts';

/** A store, and whom to trust. */
export interface StoreEndpoint {
  readonly address: string;
  /** PEM certificates to trust instead of the system's. */
  readonly caPem?: string;
}

export interface StoreRequest {
  readonly uri: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A whole answer, whatever its status; what is no JSON object is an empty one. */
export interface StoreAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

/** That there is no whole answer, and why. Holds nothing of what was sent or received. */
export class StoreSilence extends Error {
  override readonly name = 'StoreSilence';
}

const DEADLINE_MS = 10_000;

/** More than any policy or role. */
const LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * Sends a request. Redirects are not followed, for the token would go along.
 *
 * @throws {StoreSilence} If there is no whole answer.
 */
export async function askStore(
  { address, caPem }: StoreEndpoint,
  { uri, method, headers }: StoreRequest,
): Promise<StoreAnswer> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  // Said outright, for NODE_TLS_REJECT_UNAUTHORIZED=0 would change the default.
  const trust = { rejectUnauthorized: true, ...(caPem === undefined ? {} : { ca: caPem }) };
  const options = { method, headers: { ...headers }, signal };
  try {
    const outgoing = uri.startsWith('https:')
      ? httpsRequest(uri, { ...options, ...trust })
      : httpRequest(uri, options);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve).once('error', reject).end();
    });
    return { status: response.statusCode ?? 0, body: parse(await textOf(response)) };
  } catch (error) {
    if (error instanceof StoreSilence) throw error;
    const why = signal.aborted ? `no whole answer within ${DEADLINE_MS} ms` : explainFault(faultCode(error));
    throw new StoreSilence(`Cannot reach ${address}: ${why}`);
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > LIMIT_BYTES)
      throw new StoreSilence(`Cannot read the answer: it is larger than ${LIMIT_BYTES} bytes`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Proxies explain their refusals in HTML. */
function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
