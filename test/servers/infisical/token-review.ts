import { Agent, request } from 'undici';
import type { Review, Reviewed } from './identities.ts';

/** The API server that reviews tokens, and who may ask it. */
export interface Reviewer {
  readonly url: string;
  readonly caPem: string;
  /** A token of an account that is allowed to review those of others. */
  readonly token: string;
}

interface TokenReviewStatus {
  readonly authenticated?: boolean;
  readonly user?: { readonly username: string };
  readonly audiences?: readonly string[];
}

/** Asks a real API server, as Infisical does: for the audience that the identity demands, or for none. */
export function reviewAt({ url, caPem, token }: Reviewer): Review {
  const dispatcher = new Agent({ connect: { ca: caPem } });
  return async (jwt, wanted) => {
    const spec = { token: jwt, ...(wanted === undefined ? {} : { audiences: [wanted] }) };
    const { statusCode, body } = await request(`${url}/apis/authentication.k8s.io/v1/tokenreviews`, {
      dispatcher,
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec }),
    });
    if (statusCode !== 201) throw new Error(`Cannot review a token: ${statusCode} ${await body.text()}`);
    const { status } = (await body.json()) as { readonly status: TokenReviewStatus };
    return accountOf(status);
  };
}

/** Undefined if the token is no good, or not a service account's. */
function accountOf({ authenticated, user, audiences }: TokenReviewStatus): Reviewed | undefined {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/u.exec(user?.username ?? '');
  const [, namespace, name] = account ?? [];
  if (authenticated !== true || !namespace || !name) return undefined;
  const [audience] = audiences ?? [];
  return { namespace, name, ...(audience === undefined ? {} : { audience }) };
}
