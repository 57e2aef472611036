// Stands in for an inference server: loads a "model" once, which a restart would lose, and guards its answers with an API
// key that it reads from a file at each request, as the pod's application would.
//
// usage: node model-server.mjs KEY_FILE
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const MODEL_BYTES = 64 * 1024 * 1024;

const [keyFile] = process.argv.slice(2);

/** The file holds what the default template makes of a KV v2 secret: `data: map[key:VALUE]` and a line of metadata. */
function readKey() {
  const [, key] = /^data: map\[(?:.* )?key:([^\s\]]+)/m.exec(readFileSync(keyFile, 'utf8')) ?? [];
  if (key === undefined) throw new Error(`Cannot serve: ${keyFile} holds no "key"`);
  return key;
}

// The first thing it does: a pod whose files come late would fail here.
readKey();

function loadModel() {
  const begin = performance.now();
  const weights = randomBytes(MODEL_BYTES);
  const checksum = createHash('sha256').update(weights).digest('hex').slice(0, 12);
  return { weights, checksum, loadedInMs: Math.round(performance.now() - begin) };
}

const model = loadModel();

const server = createServer((request, response) => {
  const key = readKey();
  const accepted = request.headers.authorization === `Bearer ${key}`;
  response.writeHead(accepted ? 200 : 401, { 'content-type': 'application/json' });
  const answer = {
    accepted,
    key: `…${key.slice(-4)}`,
    pid: process.pid,
    model: model.checksum,
    loadedInMs: model.loadedInMs,
  };
  response.end(`${JSON.stringify(answer)}\n`);
});

server.listen(0, '127.0.0.1', () => process.stdout.write(`listening on ${server.address().port}\n`));
process.once('SIGTERM', () => process.exit(0));
