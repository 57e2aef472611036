import { denied } from './names.ts';

const SOURCES = 'sidekey.dev/secret.<file> or template.<file>, and infisical-identity';
const NONE = 'no such annotation';
const RESOURCES = `${NONE}: Sidekey chooses resources that keep the pod's QoS class`;
const SECURITY = `${NONE}: the agent always satisfies Pod Security "restricted"`;
const RETRIES = `${NONE}: Sidekey retries with a backoff of its own`;

/** Every annotation of Infisical's own agent injector 0.1, with what to write in its place. */
export const INFISICAL_RULES = {
  inject: denied('sidekey.dev/inject alone', 'false'),
  'inject-mode': denied('sidekey.dev/mode: "init", or "sidecar", which also renders before the start'),
  'agent-config-map': denied(SOURCES),
  'agent-status': denied(NONE),
  'agent-image': denied(`${NONE}: the operator's image is used (SIDEKEY_AGENT_IMAGE)`),
  'agent-cache-enabled': denied(`${NONE}: a restarted agent always goes on with what it had`, 'false'),
  'agent-revoke-on-shutdown': denied(`${NONE}: the operator decides (SIDEKEY_REVOKE_ON_SHUTDOWN)`, 'false'),
  'agent-set-security-context': denied(SECURITY),
  'agent-security-context-run-as-user': denied(SECURITY),
  'agent-security-context-run-as-group': denied(SECURITY),
  'agent-security-context-read-only-root-filesystem': denied(SECURITY),
  'agent-client-max-retries': denied(RETRIES),
  'agent-client-base-delay': denied(RETRIES),
  'agent-client-max-delay': denied(RETRIES),
  'agent-limits-cpu': denied(RESOURCES),
  'agent-limits-memory': denied(RESOURCES),
  'agent-limits-ephemeral': denied(RESOURCES),
  'agent-requests-cpu': denied(RESOURCES),
  'agent-requests-memory': denied(RESOURCES),
  'agent-requests-ephemeral': denied(RESOURCES),
} as const;
