import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import type { LookupFunction } from 'node:net';
import { type HttpReload, isHeaderValue, type ReloadHeader } from '#contract/reload.ts';
import { explainFault, faultCode } from '#platform/connection-fault.ts';
import { parseRetryAfter } from '#platform/retry-after.ts';
import { codeOf, NotifyError } from './error.ts';
import { describeCall } from './target.ts';

/** Of an answer no more is read than this: its status is what counts. */
const MOST_BYTES = 1024 * 1024;

/**
 * Asks a server of the pod to read its files again. It has been told once it has answered, and to the end, with one of the
 * codes of success. Redirects are not followed, for the headers would go along.
 *
 * @throws {NotifyError}
 */
export async function tellByHttp(call: HttpReload, signal: AbortSignal, now: () => number): Promise<void> {
  const doing = describeCall(call);
  const headers = readHeaders(call.headers);
  const answer = await exchange(call, headers, signal).catch((error: unknown) => {
    throw new NotifyError(`Cannot tell ${doing}: ${explainFault(faultCode(error))}`);
  });
  const { status } = answer;
  if (call.success.some(({ from, to }) => from <= status && status <= to)) return;
  const redirects = status >= 300 && status < 400 ? ', a redirect, which is not followed' : '';
  throw new NotifyError(`Cannot tell ${doing}: the server answered ${status}${redirects}`, {
    retryAfterMs: parseRetryAfter(answer.retryAfter, now()),
  });
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

type Headers = Readonly<Record<string, string>>;

/** Over a connection of its own: between two rotations a server may have been away and be back. */
function exchange({ method, url, body }: HttpReload, headers: Headers, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method, headers, signal, agent: false, lookup: loopback } as const;
    // The only sign of an end without an answer, as after 101.
    const lost = (): void => reject(new Error('Closed'));
    const asking = request(url, options, (response) => {
      asking.off('close', lost);
      drain(response).then(
        () => resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] }),
        reject,
      );
    });
    asking.on('error', reject).once('close', lost);
    asking.end(body);
  });
}

/** Reads an answer to its end; of one that never ends, as much as is enough. */
async function drain(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BYTES) break;
  }
}

/** `localhost` is this pod, whatever its hosts file says. */
const loopback: LookupFunction = (_host, options, answer) => {
  const addresses = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
  if (options.all === true) answer(null, addresses);
  else answer(null, '127.0.0.1', 4);
};

const readHeaders = (headers: readonly ReloadHeader[]): Headers =>
  Object.fromEntries(
    headers.map(({ name, text, file }) => [name, file === undefined ? text : text + readValue(name, file)]),
  );

/** As bytes, which a header carries as they are. */
function readValue(name: string, file: string): string {
  const value = readText(name, file).trim();
  if (isHeaderValue(value)) return value;
  throw new NotifyError(`Cannot fill the header ${name}: what ${file} holds is not one line of text`);
}

function readText(name: string, file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    throw new NotifyError(`Cannot fill the header ${name}: ${file} cannot be read (${codeOf(error)})`);
  }
}
