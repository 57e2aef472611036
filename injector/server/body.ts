import type { IncomingMessage } from 'node:http';
import type { Share } from './load.ts';
import { Refusal } from './refusal.ts';

/**
 * The API server takes request bodies of at most 3 MiB, and a review may hold the object twice (`object`, `oldObject`)
 * beside a user, options and an envelope: 6 MiB and a little, and headroom for a limit that somebody raised.
 */
export const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

/**
 * The whole body.
 *
 * A client that is still sending does not read the answer, so a body that is a little too large is read to its end and
 * forgotten; of one that is twice too large the rest is not read.
 *
 * @throws {Refusal} `too_large`, `busy`, or `interrupted` if the sender went away.
 */
export function readBody(request: IncomingMessage, share: Share, limit = BODY_LIMIT_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const take = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > 2 * limit) throw tooLarge(limit);
    if (size > limit) chunks.length = 0;
    else {
      share.hold(chunk.length);
      chunks.push(chunk);
    }
  };
  // Not by an iterator of the stream, which takes as long as all else that is done with a body.
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      try {
        take(chunk);
      } catch (error) {
        // The connection stays, for the answer goes through it.
        request.removeAllListeners('data').pause();
        reject(error);
      }
    });
    request.once('end', () => (size > limit ? reject(tooLarge(limit)) : resolve(joined(chunks, size))));
    request.once('error', () => reject(interrupted()));
    request.once('close', () => reject(interrupted()));
  });
}

const tooLarge = (limit: number): Refusal =>
  new Refusal('too_large', `Cannot take a body of more than ${limit} bytes: a pod is far smaller`);

const interrupted = (): Refusal =>
  new Refusal('interrupted', 'Cannot read the body: the connection ended before it did');

function joined(chunks: readonly Buffer[], size: number): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size);
}

/** @throws {Refusal} `unsupported_media_type`, unless it is plain JSON; parameters such as a charset do not matter. */
export function requireJson(request: IncomingMessage): void {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/json')
    throw new Refusal('unsupported_media_type', 'Cannot read the body: send it as application/json');
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new Refusal('unsupported_media_type', 'Cannot read the body: send it without a content encoding');
}
