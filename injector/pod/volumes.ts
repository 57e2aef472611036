import type { JsonObject } from '#contract/json.ts';
import { VOLUME } from '#contract/layout.ts';
import {
  type Credential,
  FILE_MODE,
  type Injection,
  type SecretMount,
  TOKEN_NAME,
} from '../annotations/injection.ts';
import { mebibytes, STATE_SIZE } from './sizes.ts';
import { podVolume } from './suspension.ts';

/** Seconds; the kubelet replaces the token at four fifths of that. */
const TOKEN_LIFE = 3600;

/** The volumes of an injected pod, with the API server's defaults spelled out so that a second pass changes nothing. */
export function agentVolumes(injection: Injection): readonly JsonObject[] {
  const { directories, credentials, secretMounts } = injection;
  return [
    ...directories.map(({ volume, size }) => ({
      name: volume,
      emptyDir: { medium: 'Memory', sizeLimit: mebibytes(size) },
    })),
    { name: VOLUME.state, emptyDir: { medium: 'Memory', sizeLimit: STATE_SIZE } },
    ...(credentials.length > 0 ? [tokenVolume(credentials)] : []),
    ...secretMounts.map(mountedVolume),
    ...podVolume(injection),
  ];
}

function mountedVolume(mount: SecretMount): JsonObject {
  const items = mount.item === undefined ? {} : { items: [{ key: mount.item, path: mount.item }] };
  const source = { ...items, defaultMode: FILE_MODE };
  return 'secretName' in mount
    ? { name: mount.volume, secret: { secretName: mount.secretName, ...source } }
    : { name: mount.volume, configMap: { name: mount.configMapName, ...source } };
}

const tokenVolume = (credentials: readonly Credential[]): JsonObject => ({
  name: VOLUME.token,
  projected: { defaultMode: FILE_MODE, sources: credentials.map(tokenSource) },
});

/** A token without an audience of its own is for the API server, as those that pods have anyway. */
function tokenSource(credential: Credential): JsonObject {
  if (credential.kind === 'token') {
    const { store, audience } = credential;
    const scope = audience === undefined ? {} : { audience };
    return {
      serviceAccountToken: { ...scope, expirationSeconds: TOKEN_LIFE, path: TOKEN_NAME[store] },
    };
  }
  const items = Object.entries(credential.files).map(([key, path]) => ({ key, path }));
  return { secret: { name: credential.secretName, items } };
}
