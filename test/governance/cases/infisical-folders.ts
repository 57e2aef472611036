import type { JsonObject } from '#contract/json.ts';
import { dropIn, native, template } from './asking.ts';
import type { Case } from './case.ts';
import { IDENTITY, own } from './namespaces.ts';
import { allows, denies } from './objects.ts';

const POLICY = 'sidekey-store-access';

const infisical = (source: string): JsonObject => native({ 'secret.token': source });

const FOLDERS = [
  ...allows({
    'a secret of a bound folder': infisical('infisical:ml/prod/serving#HF_TOKEN'),
    'a bound folder as a whole': infisical('infisical:ml/prod/serving'),
    'a bound folder with a slash behind it': infisical('infisical:ml/prod/serving/#HF_TOKEN'),
    'a secret far below a bound folder': infisical('infisical:ml/prod/serving/eu/models#HF_TOKEN'),
    'a secret of an environment that is bound as a whole': infisical('infisical:lab/dev#HF_TOKEN'),
    'a folder of an environment that is bound as a whole': infisical('infisical:lab/dev/any/folder'),
    'a folder that is bound with a slash behind it': native(
      { 'secret.token': 'infisical:ml/prod/untidy/a#K' },
      'untidy',
    ),
    'the identity of the namespace': native({
      'infisical-identity': IDENTITY,
      'secret.token': 'infisical:ml/prod/serving#K',
    }),
    'an identity between blanks of a list': native(
      { 'infisical-identity': IDENTITY, 'secret.token': 'infisical:ml/prod/untidy#K' },
      'untidy',
    ),
    'a Secret of the namespace to log in with': native({
      'infisical-auth': 'universal',
      'infisical-client-secret': 'client',
      'secret.token': 'infisical:ml/prod/serving#K',
    }),
    'a secret of Infisical in a pod that asks in the words of the other family': template({
      ...dropIn({ 'agent-inject': 'true' }),
      ...own({ 'secret.token': 'infisical:ml/prod/serving#K' }),
    }),
  }),
  ...denies(POLICY, {
    'a secret of another folder': [
      infisical('infisical:ml/prod/training#HF_TOKEN'),
      /ml\/prod\/training.*ml\/prod\/serving/su,
    ],
    'a secret of a folder whose name begins alike': [
      infisical('infisical:ml/prod/serving-b#HF_TOKEN'),
      'ml/prod/serving-b',
    ],
    'a secret of the folder around a bound one': [infisical('infisical:ml/prod#HF_TOKEN'), 'ml/prod'],
    'a secret of another environment': [infisical('infisical:ml/dev/serving#HF_TOKEN'), 'ml/dev/serving'],
    'a secret of another project': [
      infisical('infisical:finance/prod/serving#HF_TOKEN'),
      'finance/prod/serving',
    ],
    'a secret of a project whose name begins alike': [infisical('infisical:lab/dev2#HF_TOKEN'), 'lab/dev2'],
    'a secret that climbs out of a bound folder': [
      infisical('infisical:ml/prod/serving/../training#HF_TOKEN'),
      '..',
    ],
    'a folder of another namespace as a whole': [infisical('infisical:ml/prod/training'), 'ml/prod/training'],
    'a secret of Infisical in a namespace without a folder': [
      native({ 'secret.token': 'infisical:ml/prod/serving#K' }, 'plain'),
      'ml/prod/serving',
    ],
    'a secret of Infisical where a star is bound': [
      native({ 'secret.token': 'infisical:ml/prod/serving#K' }, 'misbound'),
      'ml/prod/serving',
    ],
    'the identity of somebody else': [
      native({ 'infisical-identity': 'a-foreign-identity', 'secret.token': 'infisical:ml/prod/serving#K' }),
      'a-foreign-identity',
    ],
    'an identity in a namespace that has none': [
      native({ 'infisical-identity': IDENTITY, 'secret.token': 'infisical:ml/prod/training#K' }, 'team-b'),
      IDENTITY,
    ],
  }),
];

/** What `sidekey-store-access` says of folders of Infisical, and of who logs in. */
export const INFISICAL_FOLDERS: readonly Case[] = FOLDERS;
