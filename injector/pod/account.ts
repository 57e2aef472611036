import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { ACCOUNT_DIRECTORY } from '#contract/layout.ts';
import type { Problem } from '#contract/problem.ts';
import type { Injection } from '../annotations/injection.ts';
import { quoted } from '../annotations/values.ts';

/** The injection with the path of the token that a pod keeps in a volume of its own, or why there is none. */
export function withAccount(
  pod: JsonObject,
  injection: Injection,
): { readonly injection: Injection; readonly problems: readonly Problem[] } {
  const { vault, agent } = injection;
  const auth = vault?.auth;
  const isOfUse = auth?.method === 'kubernetes' || auth?.method === 'jwt';
  if (agent.accountVolume === undefined || vault === undefined || !isOfUse)
    return { injection, problems: [] };
  const { key, value: volume } = agent.accountVolume;
  const path = tokenPath(objectIn(pod, 'spec'), volume);
  if (path === undefined) return { injection, problems: [{ key, message: noToken(volume) }] };
  const tokenFile = `${ACCOUNT_DIRECTORY}/${path}`;
  return { injection: { ...injection, vault: { ...vault, auth: { ...auth, tokenFile } } }, problems: [] };
}

const noToken = (volume: string): string =>
  `is ${quoted(volume)}, and the pod has no projected volume of that name with a serviceAccountToken; expected the name of one`;

/** Where the token stands in a volume. */
function tokenPath(spec: JsonObject, name: string): string | undefined {
  const volume = listIn(spec, 'volumes').find((one) => textIn(one, 'name') === name) ?? {};
  const sources = listIn(objectIn(volume, 'projected'), 'sources');
  const paths = sources.map((source) => textIn(objectIn(source, 'serviceAccountToken'), 'path'));
  return paths.find((path) => path !== '');
}

export function accountMount({ agent: { accountVolume } }: Injection): readonly JsonObject[] {
  if (accountVolume === undefined) return [];
  return [{ name: accountVolume.value, mountPath: ACCOUNT_DIRECTORY, readOnly: true }];
}
