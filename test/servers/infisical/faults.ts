import type { ServerResponse } from 'node:http';
import type { Origin } from './refusals.ts';

interface FaultKind {
  readonly from: Origin;
  fail(response: ServerResponse): void;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const NETWORK: Origin = { source: 'any network' };
const PROXY: Origin = { source: 'any proxy in front of a server' };

/** More than the agent takes: 9 MB. */
const OVERSIZED = `{"secrets":[],"imports":[],"padding":"${'x'.repeat(9_000_000)}"}`;

/** What goes wrong on the way to an answer. Refusals of the server's own are in `refusals.ts`. */
export const FAULTS = {
  /** Nothing answers. */
  silent: { from: NETWORK, fail: () => undefined },
  /** The connection ends within the answer. */
  cut: {
    from: NETWORK,
    fail: (response) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': '100' }).write('{"secrets":');
      setTimeout(() => response.destroy(), 10);
    },
  },
  /** The answer stops after its head. */
  stalled: {
    from: NETWORK,
    fail: (response) => response.writeHead(200, { ...JSON_TYPE, 'content-length': '100' }).flushHeaders(),
  },
  /** The answer arrives a byte at a time, without an end. */
  trickling: {
    from: NETWORK,
    fail: (response) => {
      response.writeHead(200, JSON_TYPE).write('{"secrets":[');
      const timer = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(timer));
    },
  },
  /** The answer is whole, but no JSON. */
  broken_body: { from: PROXY, fail: (response) => response.writeHead(200, JSON_TYPE).end('{"secrets":[{') },
  /** A page for people, such as a login. */
  wrong_type: {
    from: PROXY,
    fail: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>'),
  },
  oversized: { from: PROXY, fail: (response) => response.writeHead(200, JSON_TYPE).end(OVERSIZED) },
  bad_gateway: {
    from: PROXY,
    fail: (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<html>'),
  },
  /** What an ingress answers that has lost its server. */
  no_backend: {
    from: PROXY,
    fail: (response) =>
      response.writeHead(404, { 'content-type': 'text/plain' }).end('default backend - 404'),
  },
  /** Says that nothing has changed, to whoever asks. */
  unasked_304: {
    from: { source: 'a cache that mixes up requests' },
    fail: (response) => response.writeHead(304).end(),
  },
  redirected: {
    from: PROXY,
    fail: (response) => response.writeHead(302, { location: 'https://login.example/' }).end(),
  },
  /** The limit of the cloud: a pause of seven seconds, told twice. */
  rate_limited: {
    from: { source: 'rateLimiter.ts' },
    fail: (response) => limitRate(response, { 'retry-after': '7' }),
  },
  /** The same from behind a proxy that drops the header. */
  rate_limited_in_words: { from: { source: 'rateLimiter.ts' }, fail: (response) => limitRate(response, {}) },
} as const satisfies Readonly<Record<string, FaultKind>>;

export type Fault = keyof typeof FAULTS;

function limitRate(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  const error = 'RateLimitExceeded';
  const message = 'Rate limit exceeded. Please try again in 7 seconds';
  response
    .writeHead(429, { ...JSON_TYPE, ...headers })
    .end(JSON.stringify({ reqId: 'req-00000000000000', statusCode: 429, message, error }));
}
