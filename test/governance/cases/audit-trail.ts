import type { JsonObject } from '#contract/json.ts';
import { askingVault, asking, FOREIGN_PATH, OWN_PATH } from './asking.ts';
import type { Case } from './case.ts';
import { allows, by, creates, ON_SLICES, pod, SLICE } from './objects.ts';

/** A pod of which everything is noted, and nothing refused. */
const noted = (annotations: Readonly<Record<string, string>>): JsonObject =>
  pod({ namespace: 'kube-system', annotations });

const openBao = (keys: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [`openbao.org/${key}`, value]));

/** What is asked for in words of OpenBao, beside a pod that asks. */
const askingOpenBao = (keys: Readonly<Record<string, string>>): Record<string, string> =>
  openBao({ 'agent-inject': 'true', role: 'team-a', ...keys });

const CALL = `with secret "${OWN_PATH}"`;
const UNCLOSED = 'with secret "secret/data/team-a/open ]]';

/** A template between delimiters of its own, of which one may be left as it is. */
const between = (
  left: string,
  right: string,
  text = `[[ ${CALL} ]] {{ ${CALL} }}`,
): Record<string, string> => ({
  'agent-inject-template-api': text,
  ...(left && { 'agent-template-left-delim-api': left }),
  ...(right && { 'agent-template-right-delim-api': right }),
});

const BOTH = { ...askingVault(OWN_PATH), ...askingOpenBao({ 'agent-inject-secret-other': FOREIGN_PATH }) };

/** `sidekey-audit-trail` notes what a pod has and gets, and never stands in its way. */
export const AUDIT_TRAIL: readonly Case[] = [
  ...allows({
    'a pod of which there is nothing to note': pod({ namespace: 'plain' }),
    'a pod of which there is an accelerator to note': pod({
      limits: { ...SLICE, 'nvidia.com/gpu': '0' },
      spec: ON_SLICES,
    }),
    'a pod of an exempt namespace of which everything is to note': pod({
      namespace: 'kube-system',
      limits: { 'nvidia.com/gpu': 8 },
      annotations: {
        ...askingVault(OWN_PATH),
        ...asking({ 'vault-role': 'team-a', 'secret.token': 'infisical:ml/prod/serving#K' }),
      },
    }),
  }),
  ...allows({
    'what OpenBao’s words ask for': noted(askingOpenBao({ 'agent-inject-secret-api': OWN_PATH })),
    'what a template in OpenBao’s words asks for': noted(
      askingOpenBao({ 'agent-inject-template-api': `{{ ${CALL} }}x{{ end }}` }),
    ),
    'what both families ask for': noted(BOTH),
    'what one family asks for while OpenBao’s is left out': noted({
      ...BOTH,
      'openbao.org/agent-inject': 'false',
    }),
    'what OpenBao’s words ask for while the other family is left out': noted({
      ...BOTH,
      'vault.hashicorp.com/agent-inject': 'false',
    }),
    'nothing where both families are left out': noted({
      ...BOTH,
      'vault.hashicorp.com/agent-inject': 'false',
      'openbao.org/agent-inject': 'false',
    }),
    'a path that a template of the same family takes the place of': noted(
      askingVault(FOREIGN_PATH, { 'agent-inject-template-api': `{{ ${CALL} }}x{{ end }}` }),
    ),
    'a path beside a text that is no template': noted(
      askingVault(OWN_PATH, { 'agent-inject-template-api': 'plain' }),
    ),
    'a path that a template of OpenBao takes the place of': noted({
      ...askingVault(FOREIGN_PATH),
      ...askingOpenBao({ 'agent-inject-template-api': `{{ ${CALL} }}x{{ end }}` }),
    }),
    'a path beside a text of OpenBao that is no template': noted({
      ...askingVault(OWN_PATH),
      ...askingOpenBao({ 'agent-inject-template-api': 'plain' }),
    }),
    'a path that a template of a family that is left out leaves as it is': noted({
      ...askingVault(OWN_PATH),
      ...openBao({ 'agent-inject': 'false', 'agent-inject-template-api': `{{ ${CALL} }}x{{ end }}` }),
    }),
    'a template with a left delimiter of its own': noted(askingVault(OWN_PATH, between('[[', ''))),
    'a template with a right delimiter of its own': noted(askingVault(OWN_PATH, between('', ']]'))),
    'a template with a left delimiter in words of OpenBao': noted(askingOpenBao(between('[[', ''))),
    'a template with a right delimiter in words of OpenBao': noted(askingOpenBao(between('', ']]'))),
    'delimiters in words of OpenBao for the template of the other family': noted({
      ...askingVault(OWN_PATH, between('', '')),
      ...openBao({ 'agent-template-left-delim-api': '[[' }),
    }),
    'delimiters of the other family for a template in words of OpenBao': noted({
      ...askingOpenBao(between('', '')),
      'vault.hashicorp.com/agent-template-right-delim-api': ']]',
    }),
    'a path that nothing closes, between own delimiters': noted(
      askingVault(OWN_PATH, between('[[', ']]', `[[ ${UNCLOSED}`)),
    ),
    'a folder without a project, and one with a slash in it': noted(
      askingVault(OWN_PATH, {
        'agent-inject-template-api':
          '{{ range listSecrets "" "prod" "/a" }}{{ end }}{{ range listSecrets "m/l" "prod" "/a" }}{{ end }}{{ range listSecrets "ml" "prod" "/a" }}{{ end }}',
      }),
    ),
  }),
  creates(
    'a pod that others refuse and that is noted all the same',
    pod({ namespace: 'plain', limits: { 'nvidia.com/gpu': 8 }, annotations: askingVault(FOREIGN_PATH) }),
    by('sidekey-gpu-resources')('nvidia.com/gpu'),
    by('sidekey-store-access')(/role|secret\/data\/team-b/u),
    by('sidekey-injected')('agent-inject'),
  ),
];
