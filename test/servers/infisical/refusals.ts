/** Where an answer of the real server was seen: in a recording (`test/golden/infisical/`), or only in its source. */
export type Origin = { readonly recording: string } | { readonly source: string };

export interface RefusalKind {
  readonly status: number;
  readonly error: string;
  /** The server's words, with what they name. A schema's refusal is a list of issues. */
  readonly message: (one: string, other: string) => string | readonly object[];
  readonly from: Origin;
}

const recorded = (recording: string): Origin => ({ recording });
const source = (text: string): Origin => ({ source: text });
const LEASES = 'dynamic-secret-lease-service.ts';

/** Every way in which this server refuses, in the words of the real one. A test holds them against the recordings. */
export const REFUSALS = {
  bad_credentials: {
    status: 401,
    error: 'UnauthorizedError',
    message: () => 'Invalid credentials',
    from: recorded('23-universal-auth-login-bad-secret'),
  },
  locked: {
    status: 401,
    error: 'UnauthorizedError',
    message: () => 'This identity auth method is temporarily locked, please try again later',
    from: recorded('100-lockout-good-login-while-locked'),
  },
  unknown_identity: {
    status: 404,
    error: 'NotFound',
    message: () => 'Kubernetes auth method not found for identity, did you configure Kubernetes auth?',
    from: recorded('57-kubernetes-auth-login-unknown-identity'),
  },
  token_review: {
    status: 401,
    error: 'KubernetesTokenReviewError',
    message: () => '[invalid bearer token, Token has been invalidated]',
    from: recorded('54-kubernetes-auth-login-invalid-token'),
  },
  namespace_denied: {
    status: 401,
    error: 'UnauthorizedError',
    message: () => 'Access denied: K8s namespace not allowed.',
    from: recorded('55-kubernetes-auth-login-ns-denied'),
  },
  name_denied: {
    status: 401,
    error: 'UnauthorizedError',
    message: () => 'Access denied: K8s name not allowed.',
    from: recorded('56-kubernetes-auth-login-name-denied'),
  },
  audience_denied: {
    status: 401,
    error: 'UnauthorizedError',
    message: () => 'Access denied: K8s audience not allowed.',
    from: source('identity-kubernetes-auth-service.ts'),
  },
  token_missing: {
    status: 401,
    error: 'UnauthorizedError',
    message: () => 'Token missing',
    from: recorded('37-v4-list-no-token-401'),
  },
  token_garbage: {
    status: 403,
    error: 'TokenError',
    message: () => 'invalid token',
    from: recorded('38-v4-list-garbage-token'),
  },
  token_expired: {
    status: 403,
    error: 'TokenError',
    message: () => 'Your token has expired. Please re-authenticate.',
    from: recorded('69-expired-token-use'),
  },
  token_revoked: {
    status: 401,
    error: 'UnauthorizedError',
    message: () => 'Failed to authorize: token has been revoked',
    from: recorded('65-original-token-after-renewed-was-revoked'),
  },
  token_used_up: {
    status: 401,
    error: 'UnauthorizedError',
    message: () => 'Failed to authorize: token usage limit reached',
    from: recorded('113-uses-limit-read-3'),
  },
  renewal_of_revoked: {
    status: 401,
    error: 'UnauthorizedError',
    message: () => 'Cannot renew: token has been revoked',
    from: recorded('66-token-renew-revoked'),
  },
  renewal_beyond_max: {
    status: 401,
    error: 'UnauthorizedError',
    message: () => 'Cannot renew: identity access token has reached its max TTL',
    from: source('identity-access-token-service.ts'),
  },
  not_a_member: {
    status: 403,
    error: 'ProjectMembershipNotFound',
    message: () => 'Identity is not a member of this project',
    from: source('permission-service.ts'),
  },
  unknown_project: {
    status: 404,
    error: 'NotFound',
    message: (id) =>
      `Project with ID '${id}' not found during bot lookup. Are you sure you are using the correct project ID?`,
    from: recorded('35-v4-list-missing-project'),
  },
  unknown_slug: {
    status: 404,
    error: 'NotFound',
    message: (slug) => `Project with slug '${slug}' not found`,
    from: source(LEASES),
  },
  unknown_folder: {
    status: 404,
    error: 'SecretPathNotFound',
    message: (path, environment) =>
      `Folder with path '${path}' in environment '${environment}' was not found. Please ensure the environment slug and secret path is correct.`,
    from: recorded('33-v4-list-missing-path'),
  },
  unknown_secret: {
    status: 404,
    error: 'NotFound',
    message: (name) => `Secret with name '${name}' not found`,
    from: recorded('42-v4-get-404'),
  },
  unknown_dynamic_secret: {
    status: 404,
    error: 'NotFound',
    message: (name, path) => `Dynamic secret with name '${name}' in folder with path '${path}' not found`,
    from: source(LEASES),
  },
  unknown_lease: {
    status: 404,
    error: 'NotFound',
    message: (id) => `Dynamic secret lease with ID '${id}' not found`,
    from: recorded('80-dynamic-secret-lease-delete-missing'),
  },
  lease_unlicensed: {
    status: 400,
    error: 'BadRequest',
    message: (verb) =>
      `Failed to ${verb} lease due to plan restriction. Upgrade plan to create dynamic secret.`,
    from: recorded('77-dynamic-secret-lease-create'),
  },
  lease_too_long: {
    status: 400,
    error: 'BadRequest',
    message: () => 'TTL cannot be larger than max TTL',
    from: source(LEASES),
  },
  renewal_too_long: {
    status: 400,
    error: 'BadRequest',
    message: () =>
      'The requested renewal would exceed the maximum allowed lease duration. Please choose a shorter TTL',
    from: source(LEASES),
  },
  lease_too_short: {
    status: 422,
    error: 'ValidationFailure',
    message: () => [{ code: 'custom', message: 'TTL must be a greater than 1min', path: ['ttl'] }],
    from: recorded('78-dynamic-secret-lease-create-short-ttl'),
  },
  events_unlicensed: {
    status: 400,
    error: 'BadRequest',
    message: () =>
      'Event subscriptions are not available on your current plan. Please upgrade to access this feature.',
    from: recorded('82-sse-subscribe'),
  },
  field_missing: {
    status: 422,
    error: 'ValidationFailure',
    message: (field, received) => [
      { code: 'invalid_type', expected: 'string', received, path: [field], message: 'Required' },
    ],
    from: recorded('25-universal-auth-login-missing-field-422'),
  },
  flag_misspelled: {
    status: 422,
    error: 'ValidationFailure',
    message: (field, received) => [
      {
        received,
        code: 'invalid_enum_value',
        options: ['true', 'false'],
        path: [field],
        message: `Invalid enum value. Expected 'true' | 'false', received '${received}'`,
      },
    ],
    from: recorded('36-v4-list-bad-bool-422'),
  },
} as const satisfies Readonly<Record<string, RefusalKind>>;
