import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { ACCOUNT_DIRECTORY, API_DIRECTORY, OWN_DIRECTORY } from '#contract/layout.ts';
import type { Problem } from '#contract/problem.ts';
import { DROP_IN } from '../annotations/families.ts';
import { type Credential, type Injection, TOKEN_OF_VOLUME } from '../annotations/injection.ts';
import { quoted } from '../annotations/values.ts';
import { namedFiles } from './named-files.ts';
import { overlap } from './overlap.ts';

/** The injection with the path of the token that a pod keeps in a volume of its own, or why there is none. */
export function withAccount(
  pod: JsonObject,
  injection: Injection,
): { readonly injection: Injection; readonly problems: readonly Problem[] } {
  const { vault, agent } = injection;
  const auth = vault?.auth;
  const isOfUse = auth?.method === 'kubernetes' || auth?.method === 'jwt';
  if (agent.accountVolume === undefined || vault === undefined || !isOfUse)
    return { injection: withAudience(pod, injection), problems: [] };
  const { key, value: volume } = agent.accountVolume;
  const spec = objectIn(pod, 'spec');
  const path = tokenPath(spec, volume);
  if (path === undefined) return { injection, problems: [{ key, message: noToken(volume) }] };
  // Another file that is named counts before it.
  if (auth.tokenFile !== TOKEN_OF_VOLUME) return { injection, problems: [] };
  const tokenFile = `${accountPlace(spec, injection, volume)}/${path}`;
  return { injection: { ...injection, vault: { ...vault, auth: { ...auth, tokenFile } } }, problems: [] };
}

/**
 * The Vault Agent Injector logs in with the token that the first container has as its account. A pod may have put one there that is
 * for the store, so the agent's own is for the same.
 */
function withAudience(pod: JsonObject, injection: Injection): Injection {
  const audience = audienceOfAccount(objectIn(pod, 'spec'));
  if (audience === '' || !injection.files.some(({ key }) => key.startsWith(DROP_IN.prefix))) return injection;
  const credentials = injection.credentials.map((one): Credential => {
    const isPlain = one.kind === 'token' && one.store === 'vault' && one.audience === undefined;
    return isPlain ? { ...one, audience } : one;
  });
  return { ...injection, credentials };
}

function audienceOfAccount(spec: JsonObject): string {
  const mounts = listIn(spec, 'containers').flatMap((container) => listIn(container, 'volumeMounts'));
  const account = mounts.find((mount) => textIn(mount, 'mountPath').includes('serviceaccount'));
  const tokens = tokensIn(spec, textIn(account ?? {}, 'name'));
  return textIn(tokens.find((token) => textIn(token, 'path') === 'token') ?? {}, 'audience');
}

const noToken = (volume: string): string =>
  `is ${quoted(volume)}, and the pod has no projected volume of that name with a serviceAccountToken; expected the name of one`;

/** Where the token stands in a volume. */
const tokenPath = (spec: JsonObject, name: string): string | undefined =>
  tokensIn(spec, name)
    .map((token) => textIn(token, 'path'))
    .find((path) => path !== '');

/** The tokens of a projected volume. */
function tokensIn(spec: JsonObject, name: string): readonly JsonObject[] {
  const volume = listIn(spec, 'volumes').find((one) => textIn(one, 'name') === name) ?? {};
  const sources = listIn(objectIn(volume, 'projected'), 'sources');
  return sources.map((source) => objectIn(source, 'serviceAccountToken'));
}

/** As the Vault Agent Injector: where the first container has it, else where nothing else is. */
function accountPlace(spec: JsonObject, { directories, secretMounts }: Injection, volume: string): string {
  const mounts = listIn(spec, 'containers').flatMap((container) => listIn(container, 'volumeMounts'));
  const found = mounts.find((mount) => mount['name'] === volume && textIn(mount, 'subPath') === '');
  const place = textIn(found ?? {}, 'mountPath').replace(/\/+$/u, '');
  const own = [
    OWN_DIRECTORY,
    ...directories.map(({ agentPath }) => agentPath),
    ...secretMounts.map(({ path }) => path),
  ];
  return !place.startsWith('/') || own.some((path) => overlap(path, place)) ? ACCOUNT_DIRECTORY : place;
}

/** The mounts by which the agent has tokens and authorities that the pod has anyway. */
export function accountMounts(spec: JsonObject, injection: Injection): readonly JsonObject[] {
  const { accountVolume } = injection.agent;
  const own =
    accountVolume === undefined
      ? []
      : [
          {
            name: accountVolume.value,
            mountPath: accountPlace(spec, injection, accountVolume.value),
            readOnly: true,
          },
        ];
  return [...own, ...apiMounts(spec, injection).filter(({ mountPath }) => mountPath !== own[0]?.mountPath)];
}

const isInApiDirectory = (path: string): boolean => path.startsWith(`${API_DIRECTORY}/`);

/** The account at the API server, where an annotation names a file of it. */
function apiMounts(
  spec: JsonObject,
  injection: Injection,
): readonly { readonly name: string; readonly mountPath: string; readonly readOnly: true }[] {
  if (!namedFiles(injection).some(({ value }) => isInApiDirectory(value))) return [];
  const name = apiVolume(spec);
  return name === undefined ? [] : [{ name, mountPath: API_DIRECTORY, readOnly: true }];
}

function apiVolume(spec: JsonObject): string | undefined {
  const mounts = ['containers', 'initContainers']
    .flatMap((list) => listIn(spec, list))
    .flatMap((one) => listIn(one, 'volumeMounts'));
  const found = mounts.find((mount) => mount['mountPath'] === API_DIRECTORY);
  return found && textIn(found, 'name');
}

/** Whether the agent has it: where nobody says otherwise, the API server gives it to each container. */
export const hasApiDirectory = (spec: JsonObject): boolean =>
  apiVolume(spec) !== undefined || spec['automountServiceAccountToken'] !== false;
