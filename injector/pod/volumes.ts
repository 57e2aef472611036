import type { JsonObject } from '#contract/json.ts';
import { VOLUME } from '#contract/layout.ts';
import { TOKEN_NAME } from '../annotations/injection.ts';
import { SECRETS_SIZE, STATE_SIZE } from './sizes.ts';

/** Seconds; the kubelet replaces the token at four fifths of that. */
const TOKEN_LIFE = 3600;

/**
 * The volumes of an injected pod, with the API server's defaults spelled out so that a second pass changes nothing.
 * The token has no audience of its own: the API server's, as the pods had before.
 */
export const AGENT_VOLUMES: readonly JsonObject[] = [
  { name: VOLUME.secrets, emptyDir: { medium: 'Memory', sizeLimit: SECRETS_SIZE } },
  { name: VOLUME.state, emptyDir: { medium: 'Memory', sizeLimit: STATE_SIZE } },
  {
    name: VOLUME.token,
    projected: {
      defaultMode: 0o644,
      sources: [{ serviceAccountToken: { expirationSeconds: TOKEN_LIFE, path: TOKEN_NAME } }],
    },
  },
];
