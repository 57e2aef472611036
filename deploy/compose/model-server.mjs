// Stands in for an inference server: it loads a "model" once, which a restart would lose, and reads its key from a file
// at each request. It shows the key it holds; a real one would not.
//
// usage: node model-server.mjs KEY_FILE
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [keyFile] = process.argv.slice(2);
const readKey = () => readFileSync(keyFile, 'utf8').trim();

// The first thing it does: if the file came late, this would fail.
readKey();
const model = { id: randomUUID(), loadedAt: new Date().toISOString() };

createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(`${JSON.stringify({ key: readKey(), pid: process.pid, model })}\n`);
}).listen(8000, () => console.log('The model server listens on port 8000.'));

// Process 1 has no default action for SIGTERM.
process.once('SIGTERM', () => process.exit(0));
