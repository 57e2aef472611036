import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Refusal } from './refusal.ts';

/** What Node says of a request that it cannot read, or does not wait for any longer. */
const STATUS: ReadonlyMap<string, readonly [number, string]> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, 'Request Header Fields Too Large']],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', [413, 'Payload Too Large']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'Request Timeout']],
]);

/**
 * Answers what is no HTTP request, or not a whole one in time: with a Kubernetes `Status`, for the API server shows its message, and
 * not with the empty body that Node sends.
 *
 * @param latest The answer to the last request of the connection whose head could be read.
 * @returns Why it was refused, if it never was a request that is answered otherwise, and counted there.
 */
export function answerMalformed(
  { code = '' }: NodeJS.ErrnoException,
  socket: Duplex,
  latest: ServerResponse | undefined,
): Refusal | undefined {
  if (latest?.req.complete && !latest.writableFinished) {
    latest.once('finish', () => socket.destroy());
    return undefined;
  }
  // A handshake that failed, or a connection that ended, can be told nothing.
  const isHttp = /^(?:HPE|ERR_HTTP)_/u.test(code);
  if (!isHttp || !socket.writable || isBroken(latest)) {
    socket.destroy();
    return undefined;
  }
  const [status, phrase] = STATUS.get(code) ?? [400, 'Bad Request'];
  answerRaw(socket, status, phrase);
  return isUnderWay(latest) ? undefined : new Refusal('malformed', `Cannot read the request: ${phrase}`);
}

/** True while whoever reads the body finds out that there is no end to it. */
const isUnderWay = (latest: ServerResponse | undefined): boolean =>
  latest !== undefined && !latest.req.complete;

/** For a request that Node hands over with its connection, and without a way to answer it. */
export const answerConnect = (socket: Duplex): void => {
  socket.on('error', () => socket.destroy());
  answerRaw(socket, 405, 'Method Not Allowed');
};

function answerRaw(socket: Duplex, status: number, phrase: string): void {
  const body = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    message: `sidekey: Cannot read the request: ${phrase}`,
    code: status,
  });
  const head = [
    `HTTP/1.1 ${status} ${phrase}`,
    'connection: close',
    'content-type: application/json',
    `content-length: ${body.length}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

/** True of a request that was refused before all of it was there: one has one answer. */
const isBroken = (latest: ServerResponse | undefined): boolean =>
  isUnderWay(latest) && latest?.headersSent === true;
