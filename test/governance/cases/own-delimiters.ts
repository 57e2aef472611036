import type { JsonObject } from '#contract/json.ts';
import { dropIn, FOREIGN_PATH, OWN_PATH, template } from './asking.ts';
import type { Case } from './case.ts';
import { allows, denies } from './objects.ts';

const POLICY = 'sidekey-store-access';

/** A template between delimiters of its own; either can be left as it is. */
const between = (text: string, left = '[[', right = ']]'): JsonObject =>
  template(
    dropIn({
      'agent-inject': 'true',
      role: 'team-a',
      'agent-inject-template-api': text,
      'agent-template-left-delim-api': left,
      'agent-template-right-delim-api': right,
    }),
  );

const foreign = `[[ with secret "${FOREIGN_PATH}" ]]x[[ end ]]`;

/** What `sidekey-store-access` says of templates whose actions are opened and closed in other ways. */
export const OWN_DELIMITERS: readonly Case[] = [
  ...allows({
    'own delimiters around a bound path': between(`[[ with secret "${OWN_PATH}" ]]{{ .x }}[[ end ]]`),
    'own delimiters around a bound path in raw text': between(`[[ with secret \`${OWN_PATH}\` ]]x[[ end ]]`),
    'own delimiters around a bound path that is piped': between(`[[ "${OWN_PATH}" | secret ]]`),
    'own delimiters around a bound folder': between(
      '[[ range listSecrets "ml" "prod" "/serving" ]]x[[ end ]]',
    ),
    'own delimiters around no call at all': between('[[ timestamp ]] (secret) {{ "a" }}'),
    'delimiters that are said, and are the usual ones': between(
      `{{ with secret "${OWN_PATH}" }}x{{ end }}`,
      '{{',
      '}}',
    ),
  }),
  ...denies(POLICY, {
    'own delimiters around another’s path': [between(foreign), FOREIGN_PATH],
    'own delimiters around another’s path in raw text': [between(foreign.replaceAll('"', '`')), FOREIGN_PATH],
    'own delimiters around another’s path that is piped': [
      between(`[[ "${FOREIGN_PATH}" | secret]]`),
      FOREIGN_PATH,
    ],
    'own delimiters around another’s folder': [
      between('[[ range listSecrets "ml" "prod" "/training" ]]x[[ end ]]'),
      'ml/prod//training',
    ],
    'own delimiters around another’s folder that is piped': [
      between('[[ range "/training" | listSecrets "ml" "prod" ]]x[[ end ]]'),
      'ml/prod//training',
    ],
    'an own left delimiter before another’s path': [
      between(`<% with secret "${FOREIGN_PATH}" }}x<% end }}`, '<%', ''),
      FOREIGN_PATH,
    ],
    'an own right delimiter behind another’s path': [
      between(`{{ with secret "${FOREIGN_PATH}" %>x{{ end %>`, '', '%>'),
      FOREIGN_PATH,
    ],
    'a delimiter that runs into the name of a call': [
      between(`ABsecret "${FOREIGN_PATH}" ]]`, 'AB'),
      FOREIGN_PATH,
    ],
    'a delimiter that is a part of another’s path': [
      between(`b/ with secret "${FOREIGN_PATH}" ]]x`, 'b/'),
      FOREIGN_PATH,
    ],
    'a text before the action that ends like a call of a bound path': [
      between(`secret "${OWN_PATH} ${foreign}`),
      FOREIGN_PATH,
    ],
    'a text before the action that leaves a quote open': [between(`he said "${foreign}`), FOREIGN_PATH],
    'a path with a blank that climbs out behind it': [
      between('[[ with secret "secret/data/team-a/x /../../team-b" ]]x[[ end ]]'),
      'secret/data/team-a/x/..',
    ],
    'a path that ends in the other kind of quotes': [
      between('[[ with secret "secret/data/team-a/x`/../../team-b" ]]x[[ end ]]'),
      'secret/data/team-a/x',
    ],
  }),
];
