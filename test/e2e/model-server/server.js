// A model server as far as secrets go: its files (KEY_FILE, separated by colons) must be there before the first instruction,
// and are read again for each request. If one were missing, the process would die and the container's restart count would tell.
const fs = require('node:fs');
const files = (process.env.KEY_FILE ?? '/vault/secrets/api').split(':');
const readFiles = () => files.map((file) => fs.readFileSync(file, 'utf8')).join('\n');
const first = readFiles();

const model = { loadedAt: Date.now(), weights: require('node:crypto').randomUUID() };

require('node:http')
  .createServer((_request, response) => {
    response.end(
      JSON.stringify({
        pid: process.pid,
        uid: process.getuid(),
        model,
        first,
        now: readFiles(),
        key: process.env.KEY,
        visibleDevices: process.env.NVIDIA_VISIBLE_DEVICES,
      }),
    );
  })
  .listen(8000);

// Process 1 has no default action for SIGTERM.
process.on('SIGTERM', () => process.exit(0));
