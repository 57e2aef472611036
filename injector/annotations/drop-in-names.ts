import { RELATIVE_PATH_FORM } from '#contract/path.ts';
import { DROP_IN_AGENT_RULES } from './drop-in-agent-names.ts';
import { DROP_IN_STORE_RULES } from './drop-in-store-names.ts';
import { parseContainers, parseMode } from './agent-values.ts';
import { denied, followed, warned } from './names.ts';
import {
  parseAnyText,
  parseDefaultTemplate,
  parseDelimiter,
  parseFlag,
  parseMountPath,
  parseRenderInterval,
  parseSecretPath,
} from './values.ts';

const CACHE = 'there is no listener for the application';
const NO_FILE = 'a blank text stands for no file there, too, but with a warning';
const NO_SUCH_FILE = 'for a file that there is not, it is ignored there, too, but with a warning';
const DEFAULT_DELIMITERS =
  'the default template keeps its own, with a warning; there it is written as it stands';
const NO_FLAG = 'what is neither true nor false is refused, as of every other flag, not taken for false';
const COMMAND =
  '"kill -HUP <name>", "touch <path>", "chmod <mode> <path of the file>", or a program and its words';

/** Every annotation of the Vault Agent Injector 1.7, which pods bring along. */
export const DROP_IN_RULES = {
  'agent-inject': followed(parseFlag, 'whether the pod gets an agent', {
    default: 'false',
    differs: 'a pod without any file to render is refused: there would be nothing for an agent to do',
  }),
  'agent-inject-status': followed('"injected"', 'written by the injector', {
    differs:
      'a pod that brings it along is looked at all the same: a copied manifest must not start without its secrets',
  }),
  'agent-request-namespace': followed(parseAnyText, 'as there, it is read and nothing is done with it'),

  'agent-inject-secret-X': followed(parseSecretPath, 'the path of a secret that is rendered to the file X', {
    differs: NO_FILE,
  }),
  'agent-inject-template-X': followed(
    'a template',
    'the template of the file X, instead of one line per key',
    { differs: `a template with a mistake is refused at once, not found by the agent; ${NO_FILE}` },
  ),
  'agent-inject-template-file-X': followed(
    'a file below a mount of the agent, such as "/vault/custom/api.tmpl"',
    'a file that holds the template of the file X',
    {
      differs:
        'read when the agent starts, as there: one that is missing keeps the pod waiting, with the reason, until it is there or the start deadline is over; one that is no template ends the agent, which is started again',
    },
  ),
  'agent-inject-default-template': followed(
    parseDefaultTemplate,
    'what is rendered where there is no template: a line for each key, or JSON',
    { default: 'map' },
  ),
  'agent-template-left-delim-X': followed(parseDelimiter, 'what opens an action in the template of X', {
    default: '{{',
    differs: DEFAULT_DELIMITERS,
  }),
  'agent-template-right-delim-X': followed(parseDelimiter, 'what closes an action in the template of X', {
    default: '}}',
    differs: DEFAULT_DELIMITERS,
  }),
  'error-on-missing-key-X': followed(
    parseFlag,
    'whether a key that is not there is an error in the template of X, rather than "<no value>"',
    { default: 'false' },
  ),
  'agent-inject-file-X': followed(RELATIVE_PATH_FORM, 'where the file X stands below the volume', {
    default: 'X in lower case',
    differs: `a path that leaves the volume is refused, not cleaned; ${NO_SUCH_FILE}`,
  }),
  'agent-inject-perms-X': followed(parseMode, 'the mode of the file X', {
    default: '0644',
    differs: `a bad mode is refused at once, not found by the agent; ${NO_SUCH_FILE}`,
    emptyIsNone: true,
  }),
  'agent-inject-command-X': followed(COMMAND, 'what is done when the bytes of X have changed', {
    differs:
      'without a shell, never at the first render (so that it is refused beside agent-pre-populate-only), and until it succeeds: see reload.md; signals that would end the application are refused',
  }),
  'secret-volume-path': followed(parseMountPath, 'where containers find the files', {
    default: '/vault/secrets',
    differs: 'mounted read-only, for only the agent writes; not mounted if no file is left in it',
  }),
  'secret-volume-path-X': followed(parseMountPath, 'where they find the file X', {
    default: 'secret-volume-path',
    differs: `one inside another is a folder of that volume; ${NO_SUCH_FILE}`,
  }),
  'preserve-secret-case': followed(parseFlag, 'whether files keep the case of X', {
    default: 'false',
    differs: NO_FLAG,
  }),
  'preserve-secret-case-X': followed(parseFlag, 'whether the file X does', {
    default: 'preserve-secret-case',
    differs: NO_FLAG,
  }),
  'agent-inject-containers': followed(
    parseContainers,
    'which containers find the files; init containers always do',
    {
      default: 'all',
      differs:
        'space around a name is no part of it; a name that no container has gives a warning, and what can be none is refused',
    },
  ),
  'agent-inject-token': followed(parseFlag, 'whether the file "token" holds the token of the agent', {
    default: 'false',
    differs:
      '0644 instead of 0640, for the user of the application may be any; always that of the present session',
  }),
  'template-static-secret-render-interval': followed(
    parseRenderInterval,
    'how often what has no lease is read again; a bare number is one of seconds',
    {
      default: '5m',
      differs: 'after 90 to 100 % of it, as there after 85 to 95 %; 100ms at least',
      emptyIsNone: true,
    },
  ),

  ...DROP_IN_AGENT_RULES,
  ...DROP_IN_STORE_RULES,

  'agent-configmap': denied('say it with annotations', ''),
  'agent-cache-enable': denied(CACHE, 'false'),
  'agent-cache-listener-port': warned(CACHE, ''),
  'agent-cache-use-auto-auth-token': warned(CACHE, ''),
  'agent-cache-exit-on-err': warned(CACHE, 'false'),
  'agent-enable-quit': warned('the agent ends with the pod, Jobs included', 'false'),
  'agent-disable-idle-connections': warned('connections are managed by Sidekey', ''),
  'agent-disable-keep-alives': warned('connections are managed by Sidekey', ''),
  'agent-telemetry-X': warned('metrics are at /metrics of the agent, for Prometheus'),
  'go-max-procs': warned('the agent is no Go program', ''),
} as const;
