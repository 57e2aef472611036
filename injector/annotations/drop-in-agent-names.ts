import {
  parseAmountOrNone,
  parseContainer,
  parseId,
  parseImage,
  parseLogFormat,
  parseLogLevel,
  parseSeconds,
} from './agent-values.ts';
import { followed } from './names.ts';
import { parsePatch } from './container-patch.ts';
import { parseFlag, parseSecretName, parseVolumeName } from './values.ts';

const RESOURCES =
  "what would change the pod's QoS class, or is less than the agent needs, is left out or raised, with a warning";
const PATCHED =
  "of Sidekey's container, whose names and lists are others; a result without what makes it a safe agent of the pod is refused";

/** What there is of the Vault Agent Injector 1.7 about the agent's container and its life. */
export const DROP_IN_AGENT_RULES = {
  'agent-pre-populate': followed(parseFlag, 'whether the pod waits for its files', {
    default: 'true',
    differs: 'with "false" the pod still becomes ready only when the files are there',
  }),
  'agent-pre-populate-only': followed(parseFlag, 'render once before the containers start, and never again', {
    default: 'false',
    differs: 'beside agent-pre-populate: "false", which would leave no agent at all, it is refused',
  }),
  'agent-init-first': followed(parseFlag, 'whether the agent comes before all other init containers', {
    default: 'false',
  }),
  'agent-image': followed(parseImage, 'the image of the agent', {
    default: "the operator's image",
    differs:
      "has to be on the operator's list; for an image of another agent, the operator's is used, with a warning",
  }),
  'agent-limits-cpu': followed(parseAmountOrNone, 'the limit of CPU; the empty text or 0 for none', {
    default: "what keeps the pod's QoS class",
    differs: RESOURCES,
  }),
  'agent-limits-mem': followed(parseAmountOrNone, 'the limit of memory; the empty text or 0 for none', {
    default: "what keeps the pod's QoS class",
    differs: RESOURCES,
  }),
  'agent-limits-ephemeral': followed(parseAmountOrNone, 'the limit of disk; the empty text or 0 for none', {
    default: '',
  }),
  'agent-requests-cpu': followed(parseAmountOrNone, 'the request of CPU; the empty text or 0 for none', {
    default: "what keeps the pod's QoS class",
    differs: RESOURCES,
  }),
  'agent-requests-mem': followed(parseAmountOrNone, 'the request of memory; the empty text or 0 for none', {
    default: "what keeps the pod's QoS class",
    differs: RESOURCES,
  }),
  'agent-requests-ephemeral': followed(
    parseAmountOrNone,
    'the request of disk; the empty text or 0 for none',
    {
      default: '',
    },
  ),
  'agent-run-as-user': followed(parseId, 'the user of the agent', {
    default: "the application's, else 65532",
    differs: 'never root, for Pod Security "restricted"',
  }),
  'agent-run-as-group': followed(parseId, 'the group of the agent', {
    default: "the application's, else 65532",
    differs: 'never root, for Pod Security "restricted"',
  }),
  'agent-run-as-same-user': followed(parseFlag, "whether it has to be the first container's user", {
    default: 'false',
    differs: "the pod's user counts where the container names none",
  }),
  'agent-set-security-context': followed(parseFlag, 'whether the agent names a user and a group', {
    default: 'true',
    differs: 'with "false" the rest of what Pod Security "restricted" asks for stays',
  }),
  'agent-share-process-namespace': followed(parseFlag, 'shareProcessNamespace of the pod', {
    default: "the pod's",
    differs: 'followed without an init container, too; against what the pod says itself, it is refused',
  }),
  'agent-extra-secret': followed(
    parseSecretName,
    'a Secret that is mounted at /vault/custom of the agent, and nowhere else',
    { emptyIsNone: true },
  ),
  'agent-copy-volume-mounts': followed(
    parseContainer,
    'a container whose mounts the agent gets, but for those of service accounts and devices',
    { default: '', differs: 'read-only' },
  ),
  'agent-service-account-token-volume-name': followed(
    parseVolumeName,
    'a projected volume of the pod with the token to log in with',
    { default: '' },
  ),
  'agent-revoke-on-shutdown': followed(parseFlag, 'revoke the token when the pod ends', {
    default: "the operator's setting",
  }),
  'agent-revoke-grace': followed(parseSeconds, 'how long the application keeps the token at least', {
    default: '5',
    differs: 'the agent ends after the application has ended, and revokes it only then',
  }),
  'agent-json-patch': followed(parsePatch, 'what is changed in the container of the agent', {
    default: '',
    differs: PATCHED,
  }),
  'agent-init-json-patch': followed(
    parsePatch,
    'the same for that which renders once; of an agent that stays, before agent-json-patch',
    { default: '', differs: PATCHED },
  ),
  'log-level': followed(parseLogLevel, 'what the agent logs', { default: 'info', emptyIsNone: true }),
  'log-format': followed(parseLogFormat, 'how the agent logs: in text, or lines of JSON', {
    default: 'json',
    differs: 'JSON is the default, as for all of Sidekey',
    emptyIsNone: true,
  }),
} as const;
