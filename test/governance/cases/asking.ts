import type { JsonObject } from '#contract/json.ts';
import { own } from './namespaces.ts';
import { workload } from './objects.ts';

type Texts = Readonly<Record<string, string>>;

/** Below what team-a is bound to, and below what team-b is. */
export const OWN_PATH = 'secret/data/team-a/api-key';
export const FOREIGN_PATH = 'secret/data/team-b/api-key';

/** Keys of the Vault Agent Injector's family, in full. */
export const dropIn = (keys: Texts): Record<string, string> =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [`vault.hashicorp.com/${key}`, value]));

/** How a pod asks for a secret of Vault in the words of the Vault Agent Injector. */
export const askingVault = (path: string, more: Texts = {}): Record<string, string> =>
  dropIn({ 'agent-inject': 'true', role: 'team-a', 'agent-inject-secret-api': path, ...more });

/** How it asks in Sidekey's own words. */
export const asking = (keys: Texts): Record<string, string> => own({ inject: 'true', ...keys });

/** Its pods are injected later, so that what they ask for is judged by itself. */
export const template = (annotations: Texts, namespace = 'team-a'): JsonObject =>
  workload('Deployment', { annotations, namespace });

/** One that asks in Sidekey's own words. */
export const native = (keys: Texts, namespace = 'team-a'): JsonObject => template(asking(keys), namespace);
