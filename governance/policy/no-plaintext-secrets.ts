import type { JsonObject } from '#contract/json.ts';
import { listed, message, quote } from './cel.ts';
import { CREDENTIAL_SHAPES, type CredentialShape } from './credentials.ts';
import { pod, SERVED_BY } from './examples.ts';
import type { NamedExpression, Policy } from './policy.ts';
import {
  ALL_CONTAINERS,
  ANNOTATIONS,
  EPHEMERAL_CONTAINERS,
  IS_NEW,
  IS_OLD_POD,
  judgedPart,
  POD_SPEC,
  TEMPLATE,
  WORKLOADS,
} from './workloads.ts';

const PROBES = "['livenessProbe', 'readinessProbe', 'startupProbe']";

/** Each text of a container with the place where it stands, as `<place>\t<text>`; a list. */
const textsOf = (container: string): string =>
  [
    `${container}.?env.orValue([]).map(e, 'variable ' + e.name + '\\t' + e.?value.orValue(''))`,
    `(${container}.?command.orValue([]) + ${container}.?args.orValue([])).map(a, 'argument\\t' + a)`,
    `${PROBES}.map(p, ${container}[?p].?httpGet.?httpHeaders.orValue([]).map(h, 'header of the ' + p + '\\t' + h.?value.orValue('')).join('\\n'))`,
  ].join(' + ');

const CONFIG_DATA = "(object.kind == 'ConfigMap' ? dyn(object).?data.orValue({}) : dyn({}))";

/** Whether a text has a shape. Where a name of a program could have it, too, it takes a digit and a capital. */
const has = (text: string, { pattern, isRandom }: CredentialShape): string =>
  isRandom
    ? `${text}.findAll(${quote(pattern)}).exists(m, m.matches('[0-9]') && m.matches('[A-Z]'))`
    : `${text}.matches(${quote(pattern)})`;

const hasShape = (text: string): string => CREDENTIAL_SHAPES.map((shape) => has(text, shape)).join(' || ');

/** Whether the text has the shape, one expression for each: what one may cost is counted by itself. */
const SHAPES: readonly NamedExpression[] = CREDENTIAL_SHAPES.map((shape) => ({
  name: shape.variable,
  expression: `(${shape.markers.map((marker) => `variables.text.contains(${quote(marker)})`).join(' || ')}) && ${has('variables.text', shape)}`,
}));

const FOUND = CREDENTIAL_SHAPES.map(
  ({ variable, title }) => `(variables.${variable} ? [${quote(title)}] : [])`,
).join(' + ');

/** Where a text has a shape. */
const PLACES =
  `variables.data.map(k, k).filter(k, ${hasShape('variables.data[k]')}).map(k, 'key ' + k) + ` +
  `variables.annotations.map(k, k).filter(k, ${hasShape('variables.annotations[k]')}).map(k, 'annotation ' + k) + ` +
  `variables.containers.map(c, (${textsOf('c')}).filter(t, ${hasShape('t')}).map(t, c.name + ' -> ' + t.split('\\t')[0]).join(', ')).filter(p, p != '')`;

/** Texts that are not searched a second time for the message, which the API server wants of good objects, too. */
const LARGE = 100_000;

/** All that there is to name without a search. */
const ALL_NAMES = `(variables.data.map(k, 'key ' + k) + variables.containers.map(c, 'container ' + c.name))`;

const VARIABLES: readonly NamedExpression[] = [
  TEMPLATE,
  POD_SPEC,
  IS_OLD_POD,
  ALL_CONTAINERS,
  // Those of an old pod have been there before.
  { name: 'annotations', expression: `variables.isOldPod ? dyn({}) : ${ANNOTATIONS.expression}` },
  { name: 'data', expression: CONFIG_DATA },
  {
    name: 'text',
    expression: `object.kind == 'ConfigMap' ? variables.data.map(k, variables.data[k]).join('\\n') : (variables.containers.map(c, (${textsOf('c')}).join('\\n')) + variables.annotations.map(k, variables.annotations[k])).join('\\n')`,
  },
  ...SHAPES,
  { name: 'found', expression: FOUND },
  { name: 'places', expression: PLACES },
];

const ADVICE = quote(
  '. Values that are no credentials are allowed here. Put the credential into Vault, OpenBao or Infisical, write an annotation such as sidekey.dev/secret.<file> with its place, and make a new credential, for this one has been seen',
);

const TOLD = message`this looks like a credential: ${listed('variables.found')}, in ${listed('variables.places')}${ADVICE}`;

const TOLD_OF_ALL = message`something looks like a credential, in one of: ${listed(ALL_NAMES)}${ADVICE}`;

const configMap = (data: Readonly<Record<string, string>>): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'model', namespace: 'team-a' },
  data,
});

const judged = (object: string): string =>
  `(${object}.kind == 'ConfigMap' ? dyn(${object}).?data.orValue({}) : ${judgedPart(object)})`;

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
  advice:
    'A credential that was refused here has been seen by whoever wrote it and by what delivered it: make a new one.',
  failurePolicy: 'Fail',
  scope: 'namespaced',
  readsUser: false,
  resources: [
    ...WORKLOADS,
    EPHEMERAL_CONTAINERS,
    { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] },
  ],
  conditions: [
    {
      name: 'changes-the-texts',
      expression: `${IS_NEW} || ${judged('object')} != ${judged('oldObject')}`,
    },
  ],
  variables: VARIABLES,
  validations: [
    {
      expression: 'variables.found.size() == 0',
      message:
        'a value looks like a credential: put it into Vault, OpenBao or Infisical, and have it brought by annotations such as sidekey.dev/secret.<file>',
      messageExpression: `variables.text.size() > ${LARGE} ? ${TOLD_OF_ALL} : variables.found.size() == 0 ? '' : ${TOLD}`,
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
