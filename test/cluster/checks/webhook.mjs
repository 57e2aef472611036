// A mutating webhook, for the checks only: it gives each pod a native sidecar
// that puts a projected token into a memory volume, which the others can read.
// usage: webhook.mjs ADDRESS PORT CERTIFICATE KEY IMAGE
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [address, port, cert, key, image] = process.argv.slice(2);
const mount = { name: 'secrets', mountPath: '/secrets' };

function inject({ metadata, spec }) {
  const sidecar = {
    name: 'injector',
    image,
    restartPolicy: 'Always',
    command: [
      '/bin/sh',
      '-c',
      'cp /token/token /secrets/value && touch /secrets/ready && exec sleep 1000000',
    ],
    startupProbe: { exec: { command: ['/bin/test', '-e', '/secrets/ready'] }, periodSeconds: 1 },
    volumeMounts: [mount, { name: 'broker-token', mountPath: '/token', readOnly: true }],
  };
  const token = { serviceAccountToken: { audience: 'broker', expirationSeconds: 600, path: 'token' } };
  const volumes = [
    { name: 'secrets', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
    { name: 'broker-token', projected: { sources: [token] } },
  ];
  const containers = spec.containers.map((c) => ({
    ...c,
    volumeMounts: [...(c.volumeMounts ?? []), { ...mount, readOnly: true }],
  }));
  return [
    { op: 'add', path: '/metadata/annotations', value: { ...metadata.annotations, injected: 'yes' } },
    { op: 'add', path: '/spec/volumes', value: [...(spec.volumes ?? []), ...volumes] },
    { op: 'add', path: '/spec/initContainers', value: [sidecar, ...(spec.initContainers ?? [])] },
    { op: 'add', path: '/spec/containers', value: containers },
  ];
}

createServer({ cert: readFileSync(cert), key: readFileSync(key) }, async (request, response) => {
  const review = JSON.parse((await request.toArray()).join(''));
  const patch = Buffer.from(JSON.stringify(inject(review.request.object))).toString('base64');
  response.setHeader('Content-Type', 'application/json');
  response.end(
    JSON.stringify({
      apiVersion: review.apiVersion,
      kind: review.kind,
      response: { uid: review.request.uid, allowed: true, patchType: 'JSONPatch', patch },
    }),
  );
}).listen(Number(port), address);
