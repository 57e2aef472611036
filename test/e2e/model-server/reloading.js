// A server that holds the key it has read until it is told to read it again, in the way that its first argument says: over
// HTTP, by a signal, or never, and then it reads the key for each request. Its second argument is its port.
const fs = require('node:fs');
const [how, port] = process.argv.slice(2);
const read = () => fs.readFileSync(process.env.KEY_FILE, 'utf8');
let key = read();
let told = 0;
const reload = () => {
  key = read();
  told += 1;
};

const born = require('node:crypto').randomUUID();

require('node:http')
  .createServer((request, response) => {
    if (how === 'http' && request.method === 'POST' && request.url === '/reload') {
      reload();
      response.writeHead(request.headers['x-key'] === key ? 204 : 403).end();
      return;
    }
    if (how === 'never') key = read();
    response.end(JSON.stringify({ pid: process.pid, uid: process.getuid(), born, key, told }));
  })
  .listen(Number(port));

if (how === 'signal') process.on('SIGHUP', reload);
// Process 1 has no default action for SIGTERM.
process.on('SIGTERM', () => process.exit(0));
