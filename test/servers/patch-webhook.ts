import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { loopbackCertificate } from './certificate.ts';

/** What stands in a review's request and matters here. */
interface Review {
  readonly request: { readonly uid: string; readonly object: PatchedPod };
}

interface Container {
  readonly name: string;
  readonly volumeMounts?: readonly object[];
}

/** The slice of a pod that such webhooks look at. */
export interface PatchedPod {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly object[];
  };
}

/** A stand-in for another admission webhook, which patches the pods that carry a label `webhook: <name>`. */
export interface PatchWebhook {
  /** Its MutatingWebhookConfiguration. */
  readonly configuration: object;
  close(): Promise<void>;
}

/** The patch must come out empty for a pod that has it already. */
export async function servePatch(
  name: string,
  patch: (pod: PatchedPod) => readonly object[],
): Promise<PatchWebhook> {
  const certificate = await loopbackCertificate();
  const answer = async (request: IncomingMessage): Promise<string> => {
    const { uid, object } = ((await json(request)) as Review).request;
    const operations = Buffer.from(JSON.stringify(patch(object))).toString('base64');
    const response = { uid, allowed: true, patchType: 'JSONPatch', patch: operations };
    return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
  };
  const keyPair = { cert: certificate.certPem, key: certificate.keyPem };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader('content-type', 'application/json').end(await answer(request));
  };
  const server = createServer(keyPair, (request, response) => void respond(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { configuration: configure(name, port, certificate.caPem), close: () => close(server) };
}

function configure(name: string, port: number, caPem: string): object {
  const caBundle = Buffer.from(caPem).toString('base64');
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: `${name}.test.sidekey.dev`,
        clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
        objectSelector: { matchLabels: { webhook: name } },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
