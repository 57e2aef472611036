/** The family of the Vault Agent Injector, which pods bring along. */
export const DROP_IN_PREFIX = 'vault.hashicorp.com/';

/**
 * What becomes of an annotation:
 * `followed`; `warned`, a tuning key there is no use for; `denied`, because ignoring it would change what the application
 * reads or how the agent logs in.
 */
export type Verdict = 'followed' | 'warned' | 'denied';

export interface AnnotationName {
  /** Below `vault.hashicorp.com/`; a key that ends with `-X` is a family, one key per X. */
  readonly key: string;
  readonly verdict: Verdict;
  /** What holds without the annotation. Saying so outright changes nothing, whatever the verdict. */
  readonly default?: string;
  /** One line for the reference page; for `warned` and `denied`, what to do instead. */
  readonly doc: string;
}

const followed = (key: string, doc: string, value?: string): AnnotationName =>
  row('followed', key, doc, value);
const warned = (key: string, doc: string, value?: string): AnnotationName => row('warned', key, doc, value);
const denied = (key: string, doc: string, value?: string): AnnotationName => row('denied', key, doc, value);

function row(verdict: Verdict, key: string, doc: string, value?: string): AnnotationName {
  return { key, verdict, doc, ...(value === undefined ? {} : { default: value }) };
}

const RESOURCES = "Sidekey chooses the agent's resources so that the pod's QoS class stays";
const USER = "the agent runs as the pod's user if that is not root, else as 65532";
const BACKOFF = 'Sidekey retries with a backoff of its own';
const NEVER_EXITS = 'the agent never exits for a fault that waiting can mend';
const CACHE = 'there is no listener for the application';
const TRUST = "the operator's CA is trusted (SIDEKEY_VAULT_CA_FILE)";
const ONE_VOLUME = 'all files go to one directory: use secret-volume-path and agent-inject-file-X';
const LOWER_CASE = 'file names are lower-cased: use agent-inject-file-X for another name';
const DELIMITERS = 'templates are delimited by {{ and }}';

/** Every annotation of the Vault Agent Injector 1.7. */
export const ANNOTATIONS: readonly AnnotationName[] = [
  followed('agent-inject', 'whether the pod gets an agent', 'false'),
  followed('agent-inject-status', 'written by the injector: "injected"'),
  followed('role', 'the role to log in with; required'),
  followed('agent-inject-secret-X', 'the path of a secret that is rendered to the file X'),
  followed('agent-inject-template-X', 'the template of the file X, instead of one line per key'),
  followed('agent-inject-file-X', 'where the file X stands below the volume', 'X in lower case'),
  followed('secret-volume-path', 'where containers find the files', '/vault/secrets'),
  followed('agent-pre-populate-only', 'render once before the containers start, and never again', 'false'),
  followed('agent-revoke-on-shutdown', 'revoke the token when the pod ends', "the operator's setting"),
  followed('service', 'the address of the store; must be on the allow list', "the operator's address"),
  followed('namespace', 'the namespace within the store', "the operator's namespace"),
  followed('auth-path', 'where the auth method is mounted', "the operator's path"),
  followed('auth-type', '"kubernetes" or "jwt"', "the operator's method"),
  followed('template-static-secret-render-interval', 'how often what has no lease is read again', '5m'),

  denied('agent-pre-populate', 'files are always there before the containers start', 'true'),
  denied('agent-init-first', 'the agent comes last among the init containers', 'false'),
  denied('agent-inject-template-file-X', 'put the template itself into agent-inject-template-X'),
  denied('agent-inject-default-template', 'write a template that calls toJSON', 'map'),
  denied('agent-template-left-delim-X', DELIMITERS, '{{'),
  denied('agent-template-right-delim-X', DELIMITERS, '}}'),
  denied('agent-inject-perms-X', 'files are 0644 and only the containers of the pod see them', '0644'),
  denied('agent-inject-command-X', 'no command runs when a file changes: watch the file'),
  denied('error-on-missing-key-X', 'a missing key renders as "<no value>"', 'false'),
  denied('secret-volume-path-X', ONE_VOLUME),
  denied('preserve-secret-case', LOWER_CASE, 'false'),
  denied('preserve-secret-case-X', LOWER_CASE, 'false'),
  denied('agent-inject-containers', 'every container of the pod sees the files'),
  denied('agent-inject-token', 'the token is never handed to the application', 'false'),
  denied('agent-configmap', 'say it with annotations'),
  denied('agent-extra-secret', 'no Secret is mounted into the agent'),
  denied('agent-copy-volume-mounts', 'no other volume is mounted into the agent', ''),
  denied('agent-service-account-token-volume-name', 'the agent has a token of its own', ''),
  denied('agent-cache-enable', CACHE, 'false'),
  denied('agent-json-patch', 'the container cannot be patched', ''),
  denied('agent-init-json-patch', 'the container cannot be patched', ''),
  denied('auth-config-X', 'the agent logs in with role and service account token alone'),
  denied('proxy-address', 'the store is reached without a proxy', ''),
  denied('tls-skip-verify', `certificates are always verified; ${TRUST}`, 'false'),
  denied('tls-secret', TRUST),
  denied('tls-server-name', "the certificate must be for the address's host"),
  denied('ca-cert', TRUST),
  denied('ca-key', TRUST),
  denied('client-cert', 'the agent shows no client certificate'),
  denied('client-key', 'the agent shows no client certificate'),

  warned('agent-image', "the operator's image is used (SIDEKEY_AGENT_IMAGE)"),
  warned('agent-request-namespace', 'the namespace of the request is used'),
  warned('agent-limits-cpu', RESOURCES),
  warned('agent-limits-mem', RESOURCES),
  warned('agent-limits-ephemeral', RESOURCES),
  warned('agent-requests-cpu', RESOURCES),
  warned('agent-requests-mem', RESOURCES),
  warned('agent-requests-ephemeral', RESOURCES),
  warned('agent-run-as-user', USER),
  warned('agent-run-as-group', USER),
  warned('agent-run-as-same-user', USER, 'false'),
  warned('agent-set-security-context', 'the agent always satisfies Pod Security "restricted"', 'true'),
  warned('agent-share-process-namespace', 'set spec.shareProcessNamespace if the pod needs it', 'false'),
  warned('agent-revoke-grace', 'the token is revoked after the application has ended'),
  warned('agent-cache-listener-port', CACHE),
  warned('agent-cache-use-auto-auth-token', CACHE),
  warned('agent-cache-exit-on-err', CACHE, 'false'),
  warned('agent-enable-quit', 'the agent ends with the pod, Jobs included', 'false'),
  warned('template-config-exit-on-retry-failure', NEVER_EXITS, 'false'),
  warned('template-max-connections-per-host', 'all secrets are read in parallel'),
  warned('template-lease-renewal-threshold', 'leases are renewed at half their life'),
  warned('agent-auto-auth-exit-on-err', NEVER_EXITS, 'false'),
  warned('auth-min-backoff', BACKOFF),
  warned('auth-max-backoff', BACKOFF),
  warned('agent-disable-idle-connections', 'connections are managed by Sidekey', ''),
  warned('agent-disable-keep-alives', 'connections are managed by Sidekey', ''),
  warned('agent-telemetry-X', 'metrics are at /metrics of the agent, for Prometheus'),
  warned('client-max-retries', BACKOFF),
  warned('client-timeout', 'the operator sets the deadline of a request'),
  warned('go-max-procs', 'the agent is no Go program'),
  warned('log-level', 'the operator sets the log level'),
  warned('log-format', 'logs are JSON lines'),
];

const FAMILY = /-X$/u;

const EXACT = new Map(ANNOTATIONS.filter(({ key }) => !FAMILY.test(key)).map((name) => [name.key, name]));

/** Longest prefix first, so that `agent-inject-template-file-a` is the file `a` and never the template `file-a`. */
const FAMILIES = ANNOTATIONS.filter(({ key }) => FAMILY.test(key))
  .map((name) => ({ name, prefix: name.key.slice(0, -1) }))
  .toSorted((a, b) => b.prefix.length - a.prefix.length);

export interface FoundName {
  readonly name: AnnotationName;
  /** What stands for X; empty where the key is no family. */
  readonly suffix: string;
}

/** The row for a key without its prefix, or undefined if the family has no such key. */
export function findName(key: string): FoundName | undefined {
  const exact = EXACT.get(key);
  if (exact !== undefined) return { name: exact, suffix: '' };
  const family = FAMILIES.find(({ prefix }) => key.startsWith(prefix) && key.length > prefix.length);
  return family === undefined ? undefined : { name: family.name, suffix: key.slice(family.prefix.length) };
}
