import type { X509Certificate } from 'node:crypto';
import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { WEBHOOK_CONFIGURATIONS } from '#contract/layout.ts';
import { applyObject } from '#platform/kubernetes/apply.ts';
import { certificatesOf } from '../certificate/trust.ts';
import { followObject, type Followed, type Watching } from './follow.ts';

const PATH = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

/** As the owner of the field it is seen in `metadata.managedFields`. */
export const FIELD_MANAGER = 'sidekey-injector';

/** The two webhook configurations of the cluster. */
export interface Configurations {
  readonly synced: boolean;
  /** Those that are not there. */
  readonly missing: readonly string[];
  /** For each webhook that is there, whom the API server trusts for it. */
  readonly bundles: readonly (readonly X509Certificate[])[];
  /** Writes the authorities into each webhook that has others. True if there was one. */
  trust(authoritiesPem: string, signal: AbortSignal): Promise<boolean>;
}

export function followConfigurations(watching: Watching, changed: () => void): Configurations {
  const all = WEBHOOK_CONFIGURATIONS.map((name) => ({
    name,
    followed: followObject(watching, { path: PATH, name }, () => {
      bundles = undefined;
      changed();
    }),
  }));
  let bundles: Configurations['bundles'] | undefined;
  return {
    get synced() {
      return all.every(({ followed }) => followed.synced);
    },
    get missing() {
      return all.filter(({ followed }) => followed.object === undefined).map(({ name }) => name);
    },
    get bundles() {
      bundles ??= all.flatMap(({ followed }) => webhooksOf(followed).map(trustedBy));
      return bundles;
    },
    async trust(authoritiesPem, signal) {
      const wanted = Buffer.from(authoritiesPem).toString('base64');
      let isChanged = false;
      for (const { name, followed } of all) {
        const { object } = followed;
        if (object === undefined || webhooksOf(followed).every((one) => bundleOf(one) === wanted)) continue;
        const application = {
          path: `${PATH}/${name}`,
          object: withBundle(object, wanted),
          fieldManager: FIELD_MANAGER,
          force: true,
        };
        followed.note(await applyObject(watching.kubernetes, application, signal));
        isChanged = true;
      }
      return isChanged;
    },
  };
}

const webhooksOf = ({ object = {} }: Followed): readonly JsonObject[] => listIn(object, 'webhooks');

const bundleOf = (webhook: JsonObject): string => textIn(objectIn(webhook, 'clientConfig'), 'caBundle');

const trustedBy = (webhook: JsonObject): readonly X509Certificate[] =>
  certificatesOf(Buffer.from(bundleOf(webhook), 'base64').toString('utf8'));

/** No more than is ours, of this very object: one that is deleted meanwhile is not made anew. */
function withBundle(object: JsonObject, caBundle: string): JsonObject {
  const { name = '', uid = '' } = objectIn(object, 'metadata');
  const webhooks = listIn(object, 'webhooks').map((webhook) => ({
    name: textIn(webhook, 'name'),
    clientConfig: { caBundle },
  }));
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name, uid },
    webhooks,
  };
}
