import { randomUUID } from 'node:crypto';
import { applyPatch, type Operation } from 'rfc6902';
import { Agent, request } from 'undici';
import type { Pod } from './pod.ts';

const NAMESPACE = 'default';
export const SERVICE_ACCOUNT = { namespace: NAMESPACE, name: 'default' } as const;

/** Where the injector listens and how to know that it is the injector. */
export interface Webhook {
  readonly url: string;
  readonly caPem: string;
}

export interface Admitted {
  readonly pod: Pod;
  readonly operations: number;
  readonly warnings: readonly string[];
}

interface ReviewAnswer {
  readonly response?: {
    readonly allowed?: boolean;
    readonly patch?: string;
    readonly warnings?: readonly string[];
    readonly status?: { readonly message?: string };
  };
}

/** The review that an API server sends when somebody creates the pod. */
function reviewOf(pod: Pod): object {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: randomUUID(),
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      requestKind: { group: '', version: 'v1', kind: 'Pod' },
      requestResource: { group: '', version: 'v1', resource: 'pods' },
      name: pod.metadata.name,
      namespace: NAMESPACE,
      operation: 'CREATE',
      userInfo: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
      object: {
        ...pod,
        metadata: { ...pod.metadata, namespace: NAMESPACE },
        spec: { ...pod.spec, serviceAccountName: SERVICE_ACCOUNT.name },
      },
      oldObject: null,
      dryRun: false,
      options: { apiVersion: 'meta.k8s.io/v1', kind: 'CreateOptions' },
    },
  };
}

/**
 * Sends the pod to the webhook, as an API server would, and applies the patch it answers with.
 *
 * @throws {Error} If the webhook cannot be trusted or reached, denies the pod or does not touch it.
 */
export async function admit(pod: Pod, { url, caPem }: Webhook, signal: AbortSignal): Promise<Admitted> {
  const dispatcher = new Agent({ connect: { ca: caPem } });
  const review = reviewOf(pod);
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(review),
      dispatcher,
      signal,
    });
    if (answer.statusCode !== 200)
      throw new Error(`Cannot admit the pod: the injector answered ${answer.statusCode}`);
    return patched(review, (await answer.body.json()) as ReviewAnswer);
  } finally {
    await dispatcher.destroy();
  }
}

function patched(review: object, { response }: ReviewAnswer): Admitted {
  if (response?.allowed !== true)
    throw new Error(
      `Cannot admit the pod: the injector denied it: ${response?.status?.message ?? 'no reason'}`,
    );
  if (response.patch === undefined) throw new Error('Cannot admit the pod: the injector left it as it was');
  const operations = JSON.parse(Buffer.from(response.patch, 'base64').toString('utf8')) as Operation[];
  const pod = structuredClone(Reflect.get(Reflect.get(review, 'request'), 'object')) as Pod;
  const [failure] = applyPatch(pod, operations).filter((error) => error !== null);
  if (failure !== undefined) throw failure;
  return { pod, operations: operations.length, warnings: response.warnings ?? [] };
}
