/** Names and places that the injector writes into a pod and the agent finds there. */

export const CONTAINER = { run: 'sidekey-agent', init: 'sidekey-agent-init' } as const;

/**
 * `secrets` holds the files of the drop-in annotations, `files` those of Sidekey's own, with a number behind it where there are
 * several; `extra`, `tls` and the authorities are Secrets and ConfigMaps that annotations have mounted into the agent's container.
 */
export const VOLUME = {
  secrets: 'sidekey-secrets',
  files: 'sidekey-files',
  state: 'sidekey-state',
  token: 'sidekey-token',
  extra: 'sidekey-extra',
  tls: 'sidekey-tls',
  vaultCa: 'sidekey-vault-ca',
  infisicalCa: 'sidekey-infisical-ca',
  pod: 'sidekey-pod',
} as const;

/** Where a drop-in (`vault.hashicorp.com/*`) pod finds its files unless it says otherwise. */
export const DROP_IN_DIRECTORY = '/vault/secrets';

/** Where a pod finds the files of Sidekey's own (`sidekey.dev/*`) annotations unless it says otherwise. */
export const NATIVE_DIRECTORY = '/run/secrets/sidekey';

/** A tmpfs of our containers alone: token, leases and last values, so that a restarted agent logs in no second time. */
export const STATE_DIRECTORY = '/run/sidekey/state';

/** Where the volumes of the agent's own stand in its container. */
export const OWN_DIRECTORY = '/run/sidekey';

/** What the agent logs in with: the pod's projected service-account tokens, one file per store, or a client's id and secret. */
export const TOKEN_DIRECTORY = '/run/sidekey/token';

/** Where a drop-in pod's agent finds the token of a volume that the pod names, as the Vault Agent Injector has it. */
export const ACCOUNT_DIRECTORY = '/var/run/secrets/vault.hashicorp.com/serviceaccount';

/** Where each container finds the account of its pod at the API server, unless the pod says that it is to have none. */
export const API_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What the pod says of itself while it runs: its annotations, by the downward API. */
export const POD_DIRECTORY = '/run/sidekey/pod';

/** Metrics and probes. Clear of vLLM and Ray (8000, 8265, 6379, 8080) and Triton (8000–8002). */
export const ADMIN_PORT = 9473;

/** All addresses of both families, or those of IPv4 where the kernel has no other. */
export const ADMIN_ADDRESS = '::';

/** The one environment variable of the agent: its configuration, base64, so that the kubelet expands no `$(X)` in it. */
export const CONFIG_VARIABLE = 'SIDEKEY_CONFIG';

/** One environment string may hold 131,071 bytes (`MAX_ARG_STRLEN`); the rest is headroom for the name and growth. */
export const CONFIG_LIMIT_BYTES = 96 * 1024;

/** How much the agent logs, and whether in lines of JSON or in text. */
export const LOG_LEVEL_VARIABLE = 'SIDEKEY_LOG_LEVEL';
export const LOG_FORMAT_VARIABLE = 'SIDEKEY_LOG_FORMAT';

/** Where the kubelet looks for a container's last words (`terminationMessagePath`). */
export const TERMINATION_LOG = '/dev/termination-log';

/**
 * Webhooks are called in the order of their configurations' names, and once more if a later one changed the pod, but
 * then only those that matched before. So one comes first and the other last: it sees the pods that a webhook between
 * them annotated.
 */
export const WEBHOOK_CONFIGURATIONS = ['00-sidekey', 'zz-sidekey'] as const;

/** On a namespace, with the value `true`: its pods start without secrets, whatever they ask for. For when all else fails. */
export const BREAK_GLASS_LABEL = 'sidekey.dev/break-glass';
