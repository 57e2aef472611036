import type { Readable } from 'node:stream';
import { KubernetesError } from './errors.ts';

/**
 * Of one answer or one line of a watch. A page of 500 Secrets with their usual labels and annotations is around 1 MiB, and
 * etcd takes no object above 1.5 MiB; what is larger than this is not an API server's.
 */
export const LIMIT_BYTES = 32 * 1024 * 1024;

export function tooLarge(doing: string): KubernetesError {
  return new KubernetesError(
    'invalid_response',
    `Cannot ${doing}: the answer is larger than ${LIMIT_BYTES} bytes; ask for less at once`,
  );
}

/**
 * A whole body as text. By events, for an iterator over a stream costs several times as much.
 *
 * @throws {KubernetesError} `invalid_response` if it is too large.
 */
export function readText(body: Readable, doing: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LIMIT_BYTES) body.destroy(tooLarge(doing));
    });
    body.once('end', () => resolve(Buffer.concat(chunks, size).toString('utf8')));
    body.once('error', reject);
  });
}
