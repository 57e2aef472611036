// A model server as far as secrets go: the key must be there before the first instruction, and is read again for each
// request. If the file were missing, the process would die and the container's restart count would tell.
const fs = require('node:fs');
const file = process.env.KEY_FILE ?? '/vault/secrets/api';
const first = fs.readFileSync(file, 'utf8');

const model = { loadedAt: Date.now(), weights: require('node:crypto').randomUUID() };

require('node:http')
  .createServer((_request, response) => {
    response.end(
      JSON.stringify({
        pid: process.pid,
        uid: process.getuid(),
        model,
        first,
        now: fs.readFileSync(file, 'utf8'),
        visibleDevices: process.env.NVIDIA_VISIBLE_DEVICES,
      }),
    );
  })
  .listen(8000);

// Process 1 has no default action for SIGTERM.
process.on('SIGTERM', () => process.exit(0));
