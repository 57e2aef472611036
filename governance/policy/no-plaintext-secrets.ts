import type { JsonObject } from '#contract/json.ts';
import { cel, flattened, quote } from './cel.ts';
import { CREDENTIAL_SHAPES, type CredentialShape } from './credentials.ts';
import { pod, SERVED_BY } from './examples.ts';
import { listed, message } from './message.ts';
import type { NamedExpression, Policy } from './policy.ts';
import {
  ANNOTATIONS,
  CONFIG_MAPS,
  EPHEMERAL_CONTAINERS,
  IS_NEW,
  judgedPart,
  POD_VARIABLES_WITH_DEBUGGERS,
  WORKLOADS,
} from './workloads.ts';

const PROBES = "['livenessProbe', 'readinessProbe', 'startupProbe']";
const valuesOf = (headers: string): string => `${headers}.orValue([]).map(h, h.?value.orValue(''))`;

/** Each text of a container `c` behind the name of its place and a tab; a list. */
const TEXTS = cel`
  (c.?env.orValue([]).map(e, 'variable ' + e.name + '\t' + e.?value.orValue('')) +
  (c.?command.orValue([]) + c.?args.orValue([])).map(a, 'argument\t' + a) +
  ${PROBES}.map(p, 'header of the ' + p + '\t' + ${valuesOf('c[?p].?httpGet.?httpHeaders')}.join(' ')) +
  ${PROBES}.map(p, 'command of the ' + p + '\t' + c[?p].?exec.?command.orValue([]).join(' ')) +
  ['postStart', 'preStop'].map(p, 'hook ' + p + '\t' + (c.?lifecycle[?p].?exec.?command.orValue([]) +
    ${valuesOf('c.?lifecycle[?p].?httpGet.?httpHeaders')}).join(' ')))
`;

/** Whether a text has one of the markers of a shape, which is asked first. */
const mayHave = (text: string, { markers }: CredentialShape): readonly string[] =>
  markers.length === 0
    ? []
    : [`(${markers.map((marker) => `${text}.contains(${quote(marker)})`).join(' || ')})`];

/** Whether a text has a shape. Where a name of a program could have it, too, it takes a digit and a capital. */
const has = (text: string, { pattern, isRandom }: CredentialShape): string =>
  isRandom
    ? `${text}.findAll(${quote(pattern)}).exists(m, m.matches('[0-9]') && m.matches('[A-Z]'))`
    : `${text}.matches(${quote(pattern)})`;

const hasAny = (text: string): string => CREDENTIAL_SHAPES.map((shape) => has(text, shape)).join(' ||\n');

/** Whether there is a shape at all, an expression for each: what one may cost is counted by itself. */
const SHAPES: readonly NamedExpression[] = CREDENTIAL_SHAPES.map((shape) => ({
  name: shape.variable,
  expression: [...mayHave('variables.text', shape), has('variables.text', shape)].join(' &&\n'),
}));

const VARIABLES: readonly NamedExpression[] = [
  ...POD_VARIABLES_WITH_DEBUGGERS,
  { name: 'annotations', expression: `variables.isOldPod ? dyn({}) : ${ANNOTATIONS.expression}` },
  { name: 'data', expression: "object.kind == 'ConfigMap' ? dyn(object).?data.orValue({}) : dyn({})" },
  {
    name: 'text',
    expression: cel`
      object.kind == 'ConfigMap' ? variables.data.map(k, variables.data[k]).join('\n') :
      (variables.annotations.map(k, variables.annotations[k]) +
        variables.containers.map(c, ${TEXTS}.join('\n'))).join('\n')
    `,
  },
  ...SHAPES,
  {
    name: 'found',
    expression: CREDENTIAL_SHAPES.map(
      ({ variable, title }) => `(variables.${variable} ? [${quote(title)}] : [])`,
    ).join(' +\n'),
  },
  {
    name: 'places',
    expression: cel`
      variables.data.map(k, k).filter(k, [variables.data[k]].exists(t,
        ${hasAny('t')})).map(k, 'key ' + k) +
      variables.annotations.map(k, k).filter(k, [variables.annotations[k]].exists(t,
        ${hasAny('t')})).map(k, 'annotation ' + k) +
      ${flattened(cel`
        variables.containers.map(c, ${TEXTS}.filter(t,
          ${hasAny('t')}).map(t, c.name + ' -> ' + t.split('\t')[0]).join('\n'))
      `)}
    `,
  },
];

/** Texts that are not searched a second time for the message, which the API server makes for good objects, too. */
const LARGE = 100_000;

const NAMES = "(variables.data.map(k, 'key ' + k) + variables.containers.map(c, 'container ' + c.name))";

const ADVICE = quote(
  'Values that are no credentials are allowed here. Put the credential into Vault, OpenBao or Infisical, write an annotation such as sidekey.dev/secret.<file> with its place, and make a new credential, for this one has been seen',
);

const MESSAGE = cel`
  variables.text.size() > ${String(LARGE)} ?
  ${message`something looks like a credential, in one of: ${listed(NAMES)}. ${ADVICE}`} :
  variables.found.size() == 0 ? '' :
  ${message`this looks like a credential: ${listed('variables.found')}, in ${listed('variables.places')}. ${ADVICE}`}
`;

const configMap = (data: Readonly<Record<string, string>>): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'model', namespace: 'team-a' },
  data,
});

const judged = (object: string): string => cel`
  (${object}.kind == 'ConfigMap' ? dyn(${object}).?data.orValue({}) :
  ${judgedPart(object)})
`;

export const NO_PLAINTEXT_SECRETS: Policy = {
  name: 'sidekey-no-plaintext-secrets',
  title: 'No credential stands in the open',
  reason:
    'Whoever may look at a pod or a ConfigMap, or at the repository that they come from, can read what stands in it; and nobody can rotate it there.',
  severity: 'high',
  controls: [
    'ISO 27001 A.5.17',
    'ISO 27001 A.8.24',
    'SOC 2 CC6.1',
    'NIS2 21(2)(h)',
    'DORA Art. 9',
    'TISAX 5.1',
  ],
  advice: `What is found is ${CREDENTIAL_SHAPES.map(({ title }) => title).join(', ')}, in variables, arguments, annotations, and commands and headers of probes and hooks, of pods and templates, and in ConfigMaps. A credential that was refused has been seen by whoever wrote it and by what delivered it: make a new one.`,
  failurePolicy: 'Fail',
  scope: 'namespaced',
  readsUser: false,
  resources: [...WORKLOADS, EPHEMERAL_CONTAINERS, CONFIG_MAPS],
  conditions: [
    {
      name: 'changes-the-texts',
      expression: cel`
        ${IS_NEW} ||
        ${judged('object')} !=
        ${judged('oldObject')}
      `,
    },
  ],
  variables: VARIABLES,
  validations: [
    {
      expression: 'variables.found.size() == 0',
      message:
        'a value looks like a credential: put it into Vault, OpenBao or Infisical, and have it brought by annotations such as sidekey.dev/secret.<file>',
      messageExpression: MESSAGE,
    },
  ],
  auditAnnotations: [],
  examples: {
    good: {
      title: 'a variable says where the injected file is',
      object: pod(
        {
          containers: [
            { ...SERVED_BY, env: [{ name: 'HF_TOKEN_PATH', value: '/run/secrets/sidekey/hf-token' }] },
          ],
        },
        { 'sidekey.dev/inject': 'true', 'sidekey.dev/secret.hf-token': 'infisical:ml/prod/serving#HF_TOKEN' },
      ),
    },
    bad: {
      title: 'a ConfigMap with a token',
      // Of the shape of one, and none.
      object: configMap({ 'config.yaml': `hf_token: hf_${'x'.repeat(34)}` }),
    },
  },
};
