import { parseCount, parsePause, parseServerName, parseShare, parseTimeout } from './agent-values.ts';
import { followed, warned } from './names.ts';
import {
  parseAuthMethod,
  parseAuthPath,
  parseFlag,
  parseNamespace,
  parseRole,
  parseSecretName,
  parseWrappingPath,
} from './values.ts';

const OTHER_TOKEN = 'the file of a token of another issuer than the cluster';
const MOUNTED =
  'a file below /vault/custom (agent-extra-secret), /vault/tls (tls-secret), /var/run/secrets/kubernetes.io/serviceaccount, or a mount of agent-copy-volume-mounts';
const NONE = { emptyIsNone: true } as const;
const OTHERS = 'of a method that is not used it is ignored there, too, but with a warning';
const READ_ONLY = 'changes nothing, for a mounted Secret is read-only';
const BACKOFF = 'of the schedule, which is the same for everything that is tried again';
const BEFORE_FILES = 'before the first files are there; later it keeps them and tries again';

/** What there is of the Vault Agent Injector 1.7 about the store, how to log in to it, and how often to ask. */
export const DROP_IN_STORE_RULES = {
  service: followed('an address that the operator allows', 'the address of the store', {
    default: "the operator's address",
    differs: "has to be on the operator's allow list",
  }),
  namespace: followed(parseNamespace, 'the namespace within the store', {
    default: "the operator's namespace",
  }),
  'proxy-address': followed(
    'a proxy that the operator allows',
    'the proxy by which the store is reached, over TLS',
    {
      default: '',
      differs: "has to be on the operator's allow list",
    },
  ),
  role: followed(parseRole, 'the role to log in with; required for kubernetes and jwt auth'),
  'auth-type': followed(parseAuthMethod, 'the method of authentication', {
    default: "the operator's method",
    differs: 'those of clouds and Kerberos are refused',
  }),
  'auth-path': followed(parseAuthPath, 'where the auth method is mounted', {
    default: "the operator's path; of approle and cert, auth/ and the method",
  }),
  'auth-config-role': followed(parseRole, 'the same as role, which counts before it', NONE),
  'auth-config-token-path': followed(MOUNTED, `of kubernetes auth: ${OTHER_TOKEN}`, {
    default: "the agent's own",
    differs: `the account's own token stands for the agent's own, which is as good; ${OTHERS}`,
    ...NONE,
  }),
  'auth-config-path': followed(MOUNTED, `of jwt auth: ${OTHER_TOKEN}`, {
    default: "the agent's own",
    differs: 'not required; as of auth-config-token-path',
    ...NONE,
  }),
  'auth-config-remove-jwt-after-reading': followed(parseFlag, `of jwt auth: ${READ_ONLY}`, {
    default: 'true',
    differs: 'the token is never removed',
    ...NONE,
  }),
  'auth-config-role-id-file-path': followed(
    MOUNTED,
    'of approle auth: the file of the role id; required',
    NONE,
  ),
  'auth-config-secret-id-file-path': followed(
    MOUNTED,
    'of approle auth: the file of the secret id, read anew at each login',
    NONE,
  ),
  'auth-config-secret-id-response-wrapping-path': followed(
    parseWrappingPath,
    'of approle auth: that file holds a wrapping token, and this is where it has to have been made',
    NONE,
  ),
  'auth-config-remove-secret-id-file-after-reading': followed(parseFlag, `of approle auth: ${READ_ONLY}`, {
    default: 'false',
    differs: 'the default there is true; the file is never removed',
    ...NONE,
  }),
  'auth-config-name': followed(parseRole, 'of cert auth: the role', {
    default: 'whichever the certificate satisfies',
    ...NONE,
  }),
  'auth-config-client-cert': followed(MOUNTED, 'of cert auth: the file of the certificate', {
    default: 'client-cert',
    ...NONE,
  }),
  'auth-config-client-key': followed(MOUNTED, 'of cert auth: the file of its key', {
    default: 'client-key',
    ...NONE,
  }),
  'auth-config-ca-cert': followed(MOUNTED, 'of cert auth: the same as ca-cert', NONE),
  'auth-config-reload': followed(parseFlag, 'of cert auth: whether a replaced certificate is taken', {
    default: 'true',
    differs: 'it always is',
    ...NONE,
  }),
  'auth-config-token-file-path': followed(
    MOUNTED,
    'of token_file auth: the file of the token; required',
    NONE,
  ),
  'auth-config-X': warned('Vault Agent has no use for it, either, with any method that the agent logs in by'),
  'auth-min-backoff': followed(parsePause, 'the first pause after a fault', {
    default: '250ms',
    differs: BACKOFF,
    ...NONE,
  }),
  'auth-max-backoff': followed(parsePause, 'the longest pause between two tries', {
    default: '30s',
    differs: BACKOFF,
    ...NONE,
  }),
  'agent-auto-auth-exit-on-err': followed(parseFlag, 'whether the agent ends when it cannot log in', {
    default: 'false',
    differs: BEFORE_FILES,
  }),
  'tls-secret': followed(
    parseSecretName,
    'a Secret that is mounted at /vault/tls of the agent, and nowhere else',
    NONE,
  ),
  'ca-cert': followed(MOUNTED, 'the file of the authority of the store, followed when it is replaced', {
    default: "the operator's authority",
    ...NONE,
  }),
  'ca-key': followed(
    'a directory below /vault/custom or /vault/tls, or one of them',
    'a directory of authorities',
    {
      default: '',
    },
  ),
  'client-cert': followed(
    MOUNTED,
    'the file of the certificate that the agent shows the store, read anew for each request',
    NONE,
  ),
  'client-key': followed(MOUNTED, 'the file of its key', NONE),
  'tls-server-name': followed(parseServerName, 'the name that the certificate of the store has to be for', {
    default: "the address's host",
    ...NONE,
  }),
  'tls-skip-verify': followed(parseFlag, 'whether any certificate of the store is taken', {
    default: 'false',
    differs: 'with a warning each time',
  }),
  'client-max-retries': followed(parseCount, 'how often a failed request is tried again', {
    default: '2',
    differs: 'until it succeeds, however many are asked for: see auth-min-backoff',
  }),
  'client-timeout': followed(parseTimeout, 'how long a request may take', {
    default: "the operator's deadline",
    differs: 'zero, for no deadline, is refused',
    ...NONE,
  }),
  'template-config-exit-on-retry-failure': followed(
    parseFlag,
    'whether a pod whose secrets cannot be read for 5 minutes is no longer ready',
    {
      default: 'false',
      differs: 'not ready, as there, but without ending the agent; the default there is true',
    },
  ),
  'template-max-connections-per-host': followed(parseCount, 'how many connections the store gets', {
    default: '2',
  }),
  'template-lease-renewal-threshold': followed(
    parseShare,
    'after which part of its life what cannot be renewed is read anew',
    { default: '0.5' },
  ),
} as const;
