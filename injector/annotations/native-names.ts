import { type AnnotationName, denied, followed } from './names.ts';

const OPERATORS_CA = (variable: string): string => `the operator's CA is trusted (${variable})`;
const RESOURCES = "Sidekey chooses the agent's resources so that the pod's QoS class stays";

/** Every annotation of Sidekey's own. What is not followed here is kept free for later releases. */
export const NATIVE_NAMES: readonly AnnotationName[] = [
  followed('inject', 'whether the pod gets an agent: "true" or "false", and nothing else', 'false'),
  followed('status', 'written by the injector: "injected"'),
  followed('mode', '"sidecar" stays beside the application; "init" renders once before it starts', 'sidecar'),
  followed(
    'secret.<file>',
    'the secret that the file holds: vault:<path>#<field> or infisical:<project>/<env>/<folder>#<KEY>',
  ),
  followed('template.<file>', 'the Go template that the file is rendered from, instead of secret.<file>'),
  followed(
    'format.<file>',
    'how secret.<file> is written: "raw", "json", "yaml", "dotenv" or "properties"',
    'raw for one value, json for a whole secret or folder',
  ),
  followed(
    'reload.<file>',
    'who is told that its bytes have changed: "http:<METHOD> <URL>" or "signal:<SIGNAL> <command line>"',
    'none',
  ),
  followed(
    'reload-header.<file>',
    'headers of that request, a line for each, with "file:<file>" for a secret',
  ),
  followed('reload-body.<file>', 'the body of that request'),
  followed('reload-success.<file>', 'the status codes that say that it was heard', '200-299'),
  followed('reload-deadline.<file>', 'how long it is tried to tell, and a replaced secret kept alive', '5m'),
  followed('path', 'where containers find these files', '/run/secrets/sidekey'),
  followed('poll', 'how often what has no lease is read again; the most frequent of a pod counts', '60s'),
  followed(
    'poll.<file>',
    'the same for what one file is made of, even if it is new at each read, as a signature is',
    'as often as all; what is new at each read is read once',
  ),
  followed(
    'on-outage',
    'whether files stay, go ("remove") or make the pod unready ("fail") when they are not good any more',
    'keep',
  ),
  followed(
    'outage-deadline',
    'for how long what has no end is good while the store does not confirm it',
    '15m',
  ),
  followed(
    'start-deadline',
    'how long a fault that waiting cannot mend may keep the pod waiting; "never" ends it',
    "the operator's deadline",
  ),
  followed(
    'vault-address',
    'the address of Vault or OpenBao; must be on the allow list',
    "the operator's address",
  ),
  followed(
    'vault-role',
    'the role to log in to Vault with; required for kubernetes and jwt auth if a file needs Vault',
  ),
  followed('vault-auth', '"kubernetes", "jwt", "approle", "cert" or "token_file"', "the operator's method"),
  followed(
    'vault-auth-secret',
    'the Secret with roleId and secretId, tls.crt and tls.key, or token, which the agent alone sees',
  ),
  followed(
    'vault-auth-path',
    'where the auth method is mounted',
    "the operator's path; of approle and cert, auth/ and the method",
  ),
  followed('vault-namespace', 'the namespace within Vault', "the operator's namespace"),
  followed('vault-audience', "whom the token for Vault is good for; else it is the API server's"),
  followed(
    'infisical-address',
    'the address of Infisical; must be on the allow list',
    "the operator's address",
  ),
  followed(
    'infisical-identity',
    'the id of the machine identity to log in as; required for kubernetes auth if a file needs Infisical',
    "the operator's identity",
  ),
  followed('infisical-auth', '"kubernetes" or "universal"', "the operator's method"),
  followed(
    'infisical-client-secret',
    'for universal auth: the Secret with the keys clientId and clientSecret, which the agent alone sees',
  ),
  followed('infisical-organization', 'the slug of a sub-organization to log in to'),
  followed('infisical-audience', "whom the token for Infisical is good for; else it is the API server's"),

  denied('mode.<file>', 'files are 0644 and only the containers of the pod see them', '0644'),
  denied('write.<file>', 'all files of a directory are swapped as one set', 'set'),
  denied('containers.<file>', 'every container of the pod sees the files'),
  denied('volume-size', 'each directory has room for 16Mi', '16Mi'),
  denied('vault-ca', OPERATORS_CA('SIDEKEY_VAULT_CA_FILE')),
  denied('infisical-ca', OPERATORS_CA('SIDEKEY_INFISICAL_CA_FILE')),
  denied('cpu', RESOURCES),
  denied('memory', RESOURCES),
  denied('image', "the operator's image is used (SIDEKEY_AGENT_IMAGE)"),
  denied('suspend', 'an agent always works', 'false'),
];
