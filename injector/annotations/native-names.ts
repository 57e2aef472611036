import { parseSecretSource } from '#contract/secret-source.ts';
import {
  parseAmount,
  parseAuthority,
  parseContainers,
  parseImage,
  parseMode,
  parseVolumeSize,
} from './agent-values.ts';
import { denied, followed } from './names.ts';
import { parseHeaders, parseReload, parseReloadDeadline, parseSuccess } from './reload-values.ts';
import {
  choiceParser,
  parseAudience,
  parseAuthMethod,
  parseAuthPath,
  parseDeadline,
  parseDirectory,
  parseFormat,
  parseIdentity,
  parseInfisicalAuth,
  parseInterval,
  parseNamespace,
  parseOrganization,
  parseRole,
  parseSecretName,
  unshown,
  parseStrictFlag,
} from './values.ts';

/** Every annotation of Sidekey's own. */
export const NATIVE_RULES = {
  inject: followed(parseStrictFlag, 'whether the pod gets an agent', { default: 'false' }),
  status: followed('"injected"', 'written by the injector'),
  mode: followed(
    choiceParser('sidecar', 'init'),
    'stay beside the application, or render once before it starts',
    { default: 'sidecar' },
  ),
  'secret.<file>': followed(
    unshown(parseSecretSource, /^(?:vault|infisical):|^[\w.-]+(?:\/[\w.-]+)+$/iu),
    'the secret that the file holds: vault:<path>#<field> or infisical:<project>/<env>/<folder>#<KEY>',
  ),
  'template.<file>': followed(
    'a template',
    'the Go template that the file is rendered from, instead of secret.<file>',
  ),
  'format.<file>': followed(parseFormat, 'how secret.<file> is written', {
    default: 'raw for one value, json for a whole secret or folder',
  }),
  'mode.<file>': followed(parseMode, 'the mode of the file; who is to read it has to be able to', {
    default: '0644',
  }),
  'write.<file>': followed(
    choiceParser('set', 'rename', 'in-place'),
    'how the file is replaced: with all others at once, by a new one, or by writing into it: see formats.md',
    { default: 'set' },
  ),
  'containers.<file>': followed(parseContainers, 'which containers find the file, init containers included', {
    default: 'all',
  }),
  'reload.<file>': followed(parseReload, 'who is told that its bytes have changed', { default: 'none' }),
  'reload-header.<file>': followed(
    unshown(parseHeaders),
    'headers of that request, a line for each, with "file:<file>" for a secret',
  ),
  'reload-body.<file>': followed('any text', 'the body of that request'),
  'reload-success.<file>': followed(parseSuccess, 'the status codes that say that it was heard', {
    default: '200-299',
  }),
  'reload-deadline.<file>': followed(
    parseReloadDeadline,
    'how long it is tried to tell, and a replaced secret kept alive',
    { default: '5m' },
  ),
  path: followed(parseDirectory, 'where containers find these files', { default: '/run/secrets/sidekey' }),
  'volume-size': followed(
    parseVolumeSize,
    'how much fits into each directory: twice what is rendered, and 1Mi',
    {
      default: '16Mi',
    },
  ),
  poll: followed(
    parseInterval,
    'how often what has no lease is read again; the most frequent of a pod counts',
    { default: '60s' },
  ),
  'poll.<file>': followed(
    parseInterval,
    'the same for what one file is made of, even if it is new at each read, as a signature is',
    { default: 'as often as all; what is new at each read is read once' },
  ),
  'on-outage': followed(
    choiceParser('keep', 'remove', 'fail'),
    'whether files stay, go or make the pod unready when they are not good any more',
    { default: 'keep' },
  ),
  'outage-deadline': followed(
    parseInterval,
    'for how long what has no end is good while the store does not confirm it',
    { default: '15m' },
  ),
  'start-deadline': followed(
    parseDeadline,
    'how long a fault that waiting cannot mend may keep the pod waiting',
    { default: "the operator's deadline" },
  ),
  'vault-address': followed('an address that the operator allows', 'the address of Vault or OpenBao', {
    default: "the operator's address",
  }),
  'vault-role': followed(
    parseRole,
    'the role to log in to Vault with; required for kubernetes and jwt auth if a file needs Vault',
  ),
  'vault-auth': followed(parseAuthMethod, 'how to log in to Vault', { default: "the operator's method" }),
  'vault-auth-secret': followed(
    unshown(parseSecretName),
    'the Secret with roleId and secretId, tls.crt and tls.key, or token, which the agent alone sees',
  ),
  'vault-auth-path': followed(parseAuthPath, 'where the auth method is mounted', {
    default: "the operator's path; of approle and cert, auth/ and the method",
  }),
  'vault-namespace': followed(parseNamespace, 'the namespace within Vault', {
    default: "the operator's namespace",
  }),
  'vault-audience': followed(
    parseAudience,
    "whom the token for Vault is good for; else it is the API server's",
  ),
  'vault-ca': followed(parseAuthority, 'whom to trust as Vault, followed when it is replaced', {
    default: "the operator's authority",
  }),
  'infisical-address': followed('an address that the operator allows', 'the address of Infisical', {
    default: "the operator's address",
  }),
  'infisical-identity': followed(
    parseIdentity,
    'the id of the machine identity to log in as; required for kubernetes auth if a file needs Infisical',
    { default: "the operator's identity" },
  ),
  'infisical-auth': followed(parseInfisicalAuth, 'how to log in to Infisical', {
    default: "the operator's method",
  }),
  'infisical-client-secret': followed(
    unshown(parseSecretName),
    'for universal auth: the Secret with the keys clientId and clientSecret, which the agent alone sees',
  ),
  'infisical-organization': followed(parseOrganization, 'the slug of a sub-organization to log in to'),
  'infisical-audience': followed(
    parseAudience,
    "whom the token for Infisical is good for; else it is the API server's",
  ),
  'infisical-ca': followed(parseAuthority, 'whom to trust as Infisical, followed when it is replaced', {
    default: "the operator's authority",
  }),
  cpu: followed(parseAmount, "the agent's CPU: the request, and the limit where the application has one", {
    default: "what keeps the pod's QoS class",
  }),
  memory: followed(parseAmount, "the limit of the agent's memory, with room for its volumes", {
    default: "what keeps the pod's QoS class",
  }),
  image: followed(parseImage, 'the image of the agent', { default: "the operator's image" }),
  suspend: followed(
    parseStrictFlag,
    'whether files stay as they are once they are there; may be changed in the running pod',
    { default: 'false' },
  ),
  profile: denied('say what you want with the other annotations'),
} as const;
