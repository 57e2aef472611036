import type { JsonObject } from '#contract/json.ts';
import type { Case, Denial } from './case.ts';
import {
  allows,
  by,
  container,
  creates,
  denies,
  pod,
  sidecar,
  updates,
  variable,
  workload,
  WORKLOAD_KINDS,
} from './objects.ts';
import { HARMLESS, naming, TOKENS } from './credentials.ts';

const POLICY = 'sidekey-no-plaintext-secrets';

const OPENAI = TOKENS['a key of OpenAI of old'] ?? '';

const configMap = (data: JsonObject, namespace = 'team-a', name = 'settings'): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

/** Nearly as large as a ConfigMap may be, and full of words that begin like a credential or end like one. */
const LARGE = 'task-4711: https://models.example/disk-sk-learn/hf_transfer?first=1\n'.repeat(14_000);

/** A pod of many containers with many variables. */
const large = (...env: readonly JsonObject[]): JsonObject => {
  const many = Array.from({ length: 60 }, (_, index) =>
    variable(`SETTING_${index}`, `task-${index} https://models.example/${index}`),
  );
  return pod({
    beside: Array.from({ length: 20 }, (_, index) =>
      container(`worker-${index}`, { env: [...many, ...env] }),
    ),
  });
};

const denial = (place: string): Denial => by(POLICY)(naming(place));

const SHAPES = Object.entries(TOKENS).flatMap(([what, token]) => [
  creates(`${what} in a variable`, pod({ env: [variable('API_KEY', token)] }), denial('API_KEY')),
  creates(`${what} in a ConfigMap`, configMap({ 'config.yaml': `key: ${token}\n` }), denial('config.yaml')),
]);

const PLACES = [
  ...denies(POLICY, {
    'a token in an annotation of a pod': [
      pod({ annotations: { 'example.com/token': OPENAI } }),
      naming('example.com/token'),
    ],
    'a token in an annotation of a template': [
      workload('Deployment', { annotations: { 'example.com/token': OPENAI } }),
      naming('example.com/token'),
    ],
    'a token in the header of a probe': [
      pod({
        container: {
          readinessProbe: {
            httpGet: { port: 8000, httpHeaders: [{ name: 'Authorization', value: `Bearer ${OPENAI}` }] },
          },
        },
      }),
      naming('model-server'),
    ],
    'a token in the command of a probe': [
      pod({ container: { livenessProbe: { exec: { command: ['check', '--key', OPENAI] } } } }),
      naming('command of the livenessProbe'),
    ],
    'a token in the command of a hook': [
      pod({
        container: { lifecycle: { postStart: { exec: { command: ['sh', '-c', `login ${OPENAI}`] } } } },
      }),
      naming('hook postStart'),
    ],
    'a token in the header of a hook': [
      pod({
        container: {
          lifecycle: {
            preStop: { httpGet: { port: 8000, httpHeaders: [{ name: 'Authorization', value: OPENAI }] } },
          },
        },
      }),
      naming('hook preStop'),
    ],
    'a token in an argument': [
      pod({ container: { args: ['--port', '8000', `--api-key=${OPENAI}`] } }),
      naming('model-server'),
    ],
    'a token as an argument': [pod({ container: { args: ['--api-key', OPENAI] } }), naming('model-server')],
    'a token in a command': [
      pod({ container: { command: ['sh', '-c', `TOKEN=${OPENAI} serve`] } }),
      naming('model-server'),
    ],
    'a token in quotes': [pod({ container: { args: [`{"token":"${OPENAI}"}`] } }), naming('model-server')],
    'a token in an address': [
      pod({ env: [variable('REPOSITORY', `https://x:${TOKENS['a token of GitHub']}@github.com/ml/models`)] }),
      naming('REPOSITORY'),
    ],
    'a token in a header': [
      pod({ env: [variable('HEADER', `Authorization: Bearer ${OPENAI}`)] }),
      naming('HEADER'),
    ],
    'a token in an init container': [
      pod({ init: [container('fetch', { env: [variable('HF_TOKEN', OPENAI)] })] }),
      naming('fetch'),
    ],
    'a token in a native sidecar': [pod({ init: [sidecar('proxy', { args: [OPENAI] })] }), naming('proxy')],
    'a token in the last container': [
      pod({ beside: [container('metrics', { env: [variable('TOKEN', OPENAI)] })] }),
      naming('metrics'),
    ],
    'a token in the last of many variables': [
      pod({ env: [variable('A', '1'), variable('B', '2'), variable('C', OPENAI)] }),
      naming('C'),
    ],
    'a token in the second key of a ConfigMap': [
      configMap({ a: 'b', 'app.env': `TOKEN=${OPENAI}` }),
      naming('app.env'),
    ],
    'a token at the end of a large ConfigMap': [
      configMap({ 'large.yaml': `${LARGE}${OPENAI}` }),
      naming('large.yaml'),
    ],
    'a token at the end of a large pod': [large(variable('API_KEY', OPENAI)), naming('worker-0')],
    'a token in a namespace without a tenant': [
      pod({ namespace: 'plain', env: [variable('API_KEY', OPENAI)] }),
      naming('API_KEY'),
    ],
    'a token in a ConfigMap of a namespace without a tenant': [
      configMap({ key: OPENAI }, 'plain'),
      naming('key'),
    ],
  }),
  ...WORKLOAD_KINDS.map((kind) =>
    creates(
      `a token in a ${kind}`,
      workload(kind, { env: [variable('API_KEY', OPENAI)] }),
      denial('API_KEY'),
    ),
  ),
];

const UPDATES: readonly Case[] = [
  updates(
    'a ConfigMap may not be given a token',
    [configMap({ 'app.env': 'b' }, 'team-a', 'given'), configMap({ 'app.env': OPENAI }, 'team-a', 'given')],
    denial('app.env'),
  ),
  updates('a ConfigMap may lose its token', [
    configMap({ a: OPENAI }, 'team-a', 'lost'),
    configMap({ a: 'b' }, 'team-a', 'lost'),
  ]),
  updates(
    'a Deployment may not be given a token',
    [
      workload('Deployment', { name: 'told' }),
      workload('Deployment', { name: 'told', env: [variable('API_KEY', OPENAI)] }),
    ],
    denial('API_KEY'),
  ),
  updates('a pod with a token from before may be labelled', [
    pod({ name: 'telling', env: [variable('API_KEY', OPENAI)] }),
    pod({ name: 'telling', env: [variable('API_KEY', OPENAI)], labels: { tier: 'gold' } }),
  ]),
  ...[
    updates(
      'a debugger with a token',
      [
        pod({ name: 'asked' }),
        pod({
          name: 'asked',
          spec: { ephemeralContainers: [container('debugger', { env: [variable('API_KEY', OPENAI)] })] },
        }),
      ],
      denial('debugger'),
    ),
    updates('a debugger of a pod with a token from before', [
      pod({ name: 'asked-old', env: [variable('API_KEY', OPENAI)] }),
      pod({
        name: 'asked-old',
        env: [variable('API_KEY', OPENAI)],
        spec: { ephemeralContainers: [container('debugger')] },
      }),
    ]),
    updates('a debugger without a token', [
      pod({ name: 'asked-too' }),
      pod({ name: 'asked-too', spec: { ephemeralContainers: [container('debugger', { args: ['sh'] })] } }),
    ]),
  ].map((one) => ({ ...one, subresource: 'ephemeralcontainers' as const })),
];

const ALLOWED: readonly Case[] = [
  ...Object.entries(HARMLESS).flatMap(([what, text]) => [
    creates(`${what} in a variable`, pod({ env: [variable('SETTING', text)], container: { args: [text] } })),
    creates(`${what} in a ConfigMap`, configMap({ setting: text })),
  ]),
  ...allows({
    'a large ConfigMap': configMap({ 'large.yaml': LARGE }),
    'a large pod': large(),
    'a token of a Secret': pod({
      env: [{ name: 'API_KEY', valueFrom: { secretKeyRef: { name: 'openai', key: 'key' } } }],
    }),
    'a variable without a value': pod({ env: [{ name: 'API_KEY' }] }),
    'the configuration of an agent': pod({
      init: [
        sidecar('sidekey-agent', {
          env: [
            variable(
              'SIDEKEY_CONFIG',
              Buffer.from(JSON.stringify({ version: 1, files: [{ path: OPENAI.slice(0, 5) }] })).toString(
                'base64',
              ),
            ),
          ],
        }),
      ],
    }),
    'a ConfigMap without data': {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'bare', namespace: 'team-a' },
    },
    'a token in an exempt namespace': configMap({ key: OPENAI }, 'kube-system'),
    'a token in a namespace that is only audited': pod({
      namespace: 'rollout',
      env: [variable('API_KEY', OPENAI)],
    }),
    'a token in a Secret, which is what Secrets are for': {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'openai', namespace: 'team-a' },
      stringData: { key: OPENAI },
    },
  }),
];

export const NO_PLAINTEXT_SECRETS: readonly Case[] = [...SHAPES, ...PLACES, ...UPDATES, ...ALLOWED];
