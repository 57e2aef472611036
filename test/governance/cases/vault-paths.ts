import type { JsonObject } from '#contract/json.ts';
import { asking, askingVault, dropIn, FOREIGN_PATH, native, OWN_PATH, template } from './asking.ts';
import type { Case } from './case.ts';
import { allows, denies } from './objects.ts';

const POLICY = 'sidekey-store-access';

/** A template that asks for a path of Vault in the words of the Vault Agent Injector. */
const path = (text: string): JsonObject => template(askingVault(text));

/** Below the 96 KiB that a pod's configuration may have. */
const LONG = `{{ with secret "${OWN_PATH}" }}key: {{ .Data.data.key | toJSON }}\n{{ end }}`.repeat(700);

/** One whose file is rendered from a template of the user's. */
const rendering = (text: string): JsonObject =>
  template(dropIn({ 'agent-inject': 'true', role: 'team-a', 'agent-inject-template-api': text }));

const vault = (source: string): JsonObject => native({ 'vault-role': 'team-a', 'secret.api': source });

const PATHS = [
  ...allows({
    'a path that is bound itself': path('secret/data/team-a'),
    'a path far below a bound one': path('secret/data/team-a/prod/eu/api-key'),
    'a path below one that is bound with a star': path('database/creds/team-a/reader'),
    'a path with a slash before it': path(`/${OWN_PATH}`),
    'a path with a slash behind it': path(`${OWN_PATH}/`),
    'a blank path, which asks for nothing': path(' '),
    'a blank path beside another': template(askingVault(OWN_PATH, { 'agent-inject-secret-unset': ' ' })),
    'a path with a version': path(`${OWN_PATH}?version=3`),
    'a path of the namespace as a source': vault(`vault:${OWN_PATH}`),
    'a path of the namespace as a source, with blanks and a slash': vault(` vault:/${OWN_PATH}#key `),
  }),
  ...denies(POLICY, {
    'a path of another namespace': [
      path(FOREIGN_PATH),
      /secret\/data\/team-b\/api-key.*secret\/data\/team-a/su,
    ],
    'a path whose name begins like a bound one': [
      path('secret/data/team-ab/api-key'),
      'secret/data/team-ab/api-key',
    ],
    'a path whose name begins like one that is bound with a star': [
      path('database/creds/team-ab'),
      'database/creds/team-ab',
    ],
    'a path around a bound one': [path('secret/data'), 'secret/data'],
    'a path that climbs out of a bound one': [
      path('secret/data/team-a/../team-b/api-key'),
      'secret/data/team-a/../team-b/api-key',
    ],
    'a path that ends by climbing out': [path('secret/data/team-a/..'), 'secret/data/team-a/..'],
    'a path that climbs out in other letters': [path('secret/data/team-a/%2e%2e/team-b/api-key'), '%2e%2e'],
    'a path of another namespace with a slash before it': [path(`/${FOREIGN_PATH}`), FOREIGN_PATH],
    'a path of another namespace whose version is a bound one': [
      path(`${FOREIGN_PATH}?version=${OWN_PATH}`),
      FOREIGN_PATH,
    ],
    'a path of another engine': [path('kv/data/team-a/api-key'), 'kv/data/team-a/api-key'],
    'a path of the metadata of a bound one': [
      path('secret/metadata/team-a/api-key'),
      'secret/metadata/team-a/api-key',
    ],
    'a path that leaves out a part of a bound one': [path('secret/team-a/api-key'), 'secret/data/team-a'],
    'a second path that is another’s': [
      template(askingVault(OWN_PATH, { 'agent-inject-secret-db': FOREIGN_PATH })),
      FOREIGN_PATH,
    ],
    'a path where a star is bound': [
      template(askingVault('secret/data/x', { role: '*' }), 'misbound'),
      'secret/data/x',
    ],
    'a path of another namespace as a source': [vault(`vault:${FOREIGN_PATH}#key`), FOREIGN_PATH],
    'a path of another namespace as a source, with blanks and a slash': [
      vault(` vault:/${FOREIGN_PATH} `),
      FOREIGN_PATH,
    ],
    'a source that climbs out': [
      vault('vault:secret/data/team-a/../team-b#key'),
      'secret/data/team-a/../team-b',
    ],
    'a source that begins with a sign that nobody sees': [
      vault(`\uFEFFvault:${FOREIGN_PATH}#key`),
      'secret.api',
    ],
    'a source of no store that is known': [vault(`bao:${FOREIGN_PATH}#key`), 'bao:'],
  }),
];

const TEMPLATES = [
  ...allows({
    'a template that reads a bound path': rendering(
      `{{ with secret "${OWN_PATH}" }}{{ .Data.data.key }}{{ end }}`,
    ),
    'a template that reads a bound path in raw text': rendering(
      `{{- with secret \`${OWN_PATH}\` -}}x{{ end }}`,
    ),
    'a template that writes to a bound path': rendering(
      '{{ with secret "database/creds/team-a/reader" "ttl=1h" }}x{{ end }}',
    ),
    'a template whose path is put together, which is for the store': rendering(
      '{{ $p := printf "secret/data/%s" "x" }}{{ with secret $p }}x{{ end }}',
    ),
    'a long template that reads a bound path many times': rendering(LONG),
    'a template of Infisical’s of a bound folder': native({
      'template.env': '{{ range listSecrets "ml" "prod" "/serving" }}{{ .Key }}{{ end }}',
    }),
    'a template that names another’s path in its text': rendering(
      `# not from ${FOREIGN_PATH}\n{{ with secret "${OWN_PATH}" }}x{{ end }}`,
    ),
  }),
  ...denies(POLICY, {
    'a template that reads another’s path': [
      rendering(`{{ with secret "${FOREIGN_PATH}" }}x{{ end }}`),
      FOREIGN_PATH,
    ],
    'a template that reads another’s path in raw text': [
      rendering(`{{ with secret \`${FOREIGN_PATH}\` }}x{{ end }}`),
      FOREIGN_PATH,
    ],
    'a template that reads another’s path after a bound one': [
      rendering(`{{ with secret "${OWN_PATH}" }}{{ end }}{{with  secret  "${FOREIGN_PATH}"}}x{{end}}`),
      FOREIGN_PATH,
    ],
    'a template that reads another’s path on the next line': [
      rendering(`{{ with secret\n  "${FOREIGN_PATH}" }}x{{ end }}`),
      FOREIGN_PATH,
    ],
    'a template that reads another’s path in parentheses': [
      rendering(`{{ (secret "${FOREIGN_PATH}").Data.data.key }}`),
      FOREIGN_PATH,
    ],
    'a template that lists another’s paths': [
      rendering('{{ range secrets "secret/metadata/team-b" }}{{ . }}{{ end }}'),
      'secret/metadata/team-b',
    ],
    'a template that signs with another’s engine': [
      rendering('{{ with secret "pki/issue/team-b" "common_name=x" }}x{{ end }}'),
      'pki/issue/team-b',
    ],
    'a template that climbs out': [
      rendering('{{ with secret "secret/data/team-a/../team-b" }}x{{ end }}'),
      '..',
    ],
    'a template that climbs out in other letters': [
      rendering('{{ with secret "secret/data/team-a/\\x2e\\x2e/team-b" }}x{{ end }}'),
      'secret/data/team-a/',
    ],
    'a template in Sidekey’s own words that reads another’s path': [
      native({ 'vault-role': 'team-a', 'template.env': `{{ with secret "${FOREIGN_PATH}" }}x{{ end }}` }),
      FOREIGN_PATH,
    ],
    'a template of Infisical’s of another’s folder': [
      native({ 'template.env': '{{ range listSecrets "ml" "prod" "/training" }}x{{ end }}' }),
      '/training',
    ],
    'a template of Infisical’s of another’s secret': [
      native({ 'template.env': '{{ (getSecretByName "ml" "dev" "/serving" "TOKEN").Value }}' }),
      'dev',
    ],
    'a template of Infisical’s into which another’s folder is piped': [
      native({ 'template.env': '{{ range "/training" | listSecrets "ml" "prod" }}x{{ end }}' }),
      '/training',
    ],
    'a template that hides a call between comments': [
      rendering(`{{/* " */}}{{ with secret "${FOREIGN_PATH}" }}x{{ end }}{{/* " */}}`),
      FOREIGN_PATH,
    ],
    'a template that hides a call between signs': [
      rendering(`{{ print '"' }}{{ with secret "${FOREIGN_PATH}" }}x{{ end }}{{ print '"' }}`),
      FOREIGN_PATH,
    ],
    'a template that hides a call between raw texts': [
      rendering(`{{ print \`"\` }}{{ with secret "${FOREIGN_PATH}" }}x{{ end }}{{ print \`"\` }}`),
      FOREIGN_PATH,
    ],
    'a template that pipes a bound path into a call of another’s': [
      rendering(`{{ with "${OWN_PATH}=1" | secret "${FOREIGN_PATH}" }}x{{ end }}`),
      FOREIGN_PATH,
    ],
    'a template that pipes another’s path': [
      rendering(`{{ with "${FOREIGN_PATH}" | secret }}x{{ end }}`),
      FOREIGN_PATH,
    ],
    'a long template that reads another’s path in the end': [
      rendering(`${LONG}{{ with secret "${FOREIGN_PATH}" }}x{{ end }}`),
      FOREIGN_PATH,
    ],
    'a template of a pod that asks in both words': [
      template({
        ...askingVault(OWN_PATH),
        ...asking({ 'template.env': `{{ with secret "${FOREIGN_PATH}" }}x{{ end }}` }),
      }),
      FOREIGN_PATH,
    ],
  }),
];

/** What `sidekey-store-access` says of paths of Vault, and of what templates read. */
export const VAULT_PATHS: readonly Case[] = [...PATHS, ...TEMPLATES];
