import { type AnnotationName, denied } from './names.ts';

const SOURCES = 'sidekey.dev/secret.<file> or template.<file>, and infisical-identity';
const NONE = 'no such annotation';
const RESOURCES = `${NONE}: Sidekey chooses resources that keep the pod's QoS class`;
const SECURITY = `${NONE}: the agent always satisfies Pod Security "restricted"`;
const RETRIES = `${NONE}: Sidekey retries with a backoff of its own`;

/** Every annotation of Infisical's own agent injector 0.1, with what to write in its place. */
export const INFISICAL_NAMES: readonly AnnotationName[] = [
  denied('inject', 'sidekey.dev/inject alone', 'false'),
  denied('inject-mode', 'sidekey.dev/mode: "init", or "sidecar", which also renders before the start'),
  denied('agent-config-map', SOURCES),
  denied('agent-status', NONE),
  denied('agent-image', `${NONE}: the operator's image is used (SIDEKEY_AGENT_IMAGE)`),
  denied('agent-cache-enabled', `${NONE}: a restarted agent always goes on with what it had`, 'false'),
  denied('agent-revoke-on-shutdown', `${NONE}: the operator decides (SIDEKEY_REVOKE_ON_SHUTDOWN)`, 'false'),
  denied('agent-set-security-context', SECURITY),
  denied('agent-security-context-run-as-user', SECURITY),
  denied('agent-security-context-run-as-group', SECURITY),
  denied('agent-security-context-read-only-root-filesystem', SECURITY),
  denied('agent-client-max-retries', RETRIES),
  denied('agent-client-base-delay', RETRIES),
  denied('agent-client-max-delay', RETRIES),
  denied('agent-limits-cpu', RESOURCES),
  denied('agent-limits-memory', RESOURCES),
  denied('agent-limits-ephemeral', RESOURCES),
  denied('agent-requests-cpu', RESOURCES),
  denied('agent-requests-memory', RESOURCES),
  denied('agent-requests-ephemeral', RESOURCES),
];
