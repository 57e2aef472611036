import { BREAK_GLASS_LABEL, WEBHOOK_CONFIGURATIONS } from '#contract/layout.ts';
import { OPT_INS } from '../../injector/annotations/request.ts';

/** Where the API server finds the injector: its Service, or a URL (outside the cluster: tests, the demo). */
export type WebhookTarget =
  | { readonly service: { readonly namespace: string; readonly name: string } }
  /** Such as `https://127.0.0.1:8443`, without a path. */
  | { readonly url: string };

export interface WebhookOptions {
  readonly target: WebhookTarget;
  /** The authority of the injector's certificate, PEM; absent where the injector itself says so, or cert-manager. */
  readonly caPem?: string;
  /** The injector's own namespace, whose pods are left alone. */
  readonly namespace: string;
}

const PATH = '/mutate';

/** A key that asks for an injection, whatever its value: `agent-inject: "yes"` is to be refused, not passed by. */
const PRESENT = OPT_INS.map(({ key }) => `'${key}' in object.metadata.annotations`).join(' || ');

function clientConfig({ target, caPem }: WebhookOptions): object {
  const trust = caPem === undefined ? {} : { caBundle: Buffer.from(caPem).toString('base64') };
  if ('url' in target) return { url: `${target.url}${PATH}`, ...trust };
  return { service: { ...target.service, path: PATH, port: 443 }, ...trust };
}

/**
 * The two MutatingWebhookConfigurations. `failurePolicy: Fail` can hurt nobody who did not ask for an injection, for
 * the API server itself checks that the key is there.
 */
export function webhookConfigurations(options: WebhookOptions): readonly object[] {
  return WEBHOOK_CONFIGURATIONS.map((name) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name, labels: { 'app.kubernetes.io/name': 'sidekey' } },
    webhooks: [webhook(`${name.slice(0, 2)}.sidekey.dev`, options)],
  }));
}

function webhook(name: string, options: WebhookOptions): object {
  const pods = { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], scope: 'Namespaced' };
  const expression = `has(object.metadata.annotations) && (${PRESENT})`;
  const selected = [
    {
      key: 'kubernetes.io/metadata.name',
      operator: 'NotIn',
      values: ['kube-system', options.namespace],
    },
    { key: BREAK_GLASS_LABEL, operator: 'NotIn', values: ['true'] },
  ];
  return {
    name,
    clientConfig: clientConfig(options),
    rules: [{ ...pods, operations: ['CREATE'] }],
    matchConditions: [{ name: 'asks-for-injection', expression }],
    namespaceSelector: { matchExpressions: selected },
    matchPolicy: 'Equivalent',
    failurePolicy: 'Fail',
    reinvocationPolicy: 'IfNeeded',
    // Events; and on a dry run none.
    sideEffects: 'NoneOnDryRun',
    timeoutSeconds: 5,
    admissionReviewVersions: ['v1'],
  };
}
