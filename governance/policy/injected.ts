import { BREAK_GLASS_LABEL, CONFIG_VARIABLE, CONTAINER } from '#contract/layout.ts';
import { OPT_INS } from '../../injector/annotations/request.ts';
import { cel, quote, quoteAll } from './cel.ts';
import { pod, SERVED_BY } from './examples.ts';
import { listed, message } from './message.ts';
import { asks } from './opt-ins.ts';
import type { NamedExpression, Policy } from './policy.ts';
import { PODS } from './workloads.ts';

const ANNOTATIONS = 'object.metadata.?annotations.orValue({})';

const ASKS = OPT_INS.map((optIn) => asks(optIn, ANNOTATIONS)).join(' ||\n');

const VARIABLES: readonly NamedExpression[] = [
  { name: 'annotations', expression: ANNOTATIONS },
  {
    name: 'optIns',
    expression: OPT_INS.map(
      (optIn) => cel`
        (${asks(optIn, 'variables.annotations')} ? [${quote(optIn.key)}] : [])
      `,
    ).join(' +\n'),
  },
  // The injector notes beside each of them that it was there. This is for people who did not know: a pod that forges it has no secrets.
  {
    name: 'hasStatus',
    expression: OPT_INS.map(
      (optIn) => cel`
        (!(${quote(optIn.key)} in variables.optIns) ||
          variables.annotations[?${quote(optIn.statusKey)}].orValue('') == 'injected')
      `,
    ).join(' &&\n'),
  },
  {
    name: 'hasAgent',
    expression: cel`
      object.spec.?initContainers.orValue([]).exists(c,
        c.name in ${quoteAll(Object.values(CONTAINER))} &&
        c.?env.orValue([]).exists(e, e.name == ${quote(CONFIG_VARIABLE)}))
    `,
  },
];

/** The API server itself passes such a namespace by, so nobody in it can have an agent. */
const IS_BROKEN_GLASS = cel`
  namespaceObject.metadata.?labels[?${quote(BREAK_GLASS_LABEL)}].orValue('') == 'true'
`;

const ASKING = { 'sidekey.dev/inject': 'true', 'sidekey.dev/vault-role': 'team-a' };

export const INJECTED: Policy = {
  name: 'sidekey-injected',
  title: 'Who asks for secrets has an agent',
  reason:
    'A pod that starts without the secrets it asked for fails in ways that nobody understands, or does its work without them. If the injector is not there, the pod must not be either.',
  severity: 'medium',
  controls: ['ISO 27001 A.8.9', 'SOC 2 CC7.1', 'DORA Art. 9'],
  failurePolicy: 'Fail',
  scope: 'namespaced',
  readsUser: false,
  // Templates are not injected, so they are never judged.
  resources: [PODS],
  conditions: [{ name: 'asks-for-secrets', expression: ASKS }],
  variables: [...VARIABLES, { name: 'isBrokenGlass', expression: IS_BROKEN_GLASS }],
  validations: [
    {
      expression: 'variables.isBrokenGlass || (variables.hasStatus && variables.hasAgent)',
      message: 'this pod asks for secrets, but the injector did not handle it: create it again',
      messageExpression: message`this pod asks for secrets (${listed('variables.optIns')}), but ${"(variables.hasAgent ? 'not all of it bears the mark of the injector' : 'it has no agent')"}. Allowed are pods that the injector has handled. Create the pod again; if that does not help, ask the platform team whether the webhooks 00-sidekey and zz-sidekey are there and look at this namespace`,
    },
  ],
  auditAnnotations: [],
  examples: {
    good: {
      title: 'the injector was there',
      object: pod(
        {
          initContainers: [
            {
              name: CONTAINER.run,
              image: 'registry.example/sidekey-agent:1',
              restartPolicy: 'Always',
              env: [{ name: CONFIG_VARIABLE, value: 'e30=' }],
            },
          ],
          containers: [SERVED_BY],
        },
        { ...ASKING, 'sidekey.dev/status': 'injected' },
      ),
    },
    bad: { title: 'the injector was not there', object: pod({ containers: [SERVED_BY] }, ASKING) },
  },
};
