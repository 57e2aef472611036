/**
 * How long a secret or a token is good for, in words the scheduler understands whatever the store.
 * Durations are milliseconds from the moment the answer arrived.
 */
export type Lifetime =
  /** A lease: gone after `ttlMs` unless renewed. */
  | { readonly kind: 'leased'; readonly ttlMs: number; readonly renewable: boolean }
  /** Ends by itself (a certificate, a static role's password) and is to be read anew. */
  | { readonly kind: 'expiring'; readonly ttlMs: number }
  /** May change at any time without notice: read again at the poll interval. */
  | { readonly kind: 'polled' }
  /** Never to be read again unless asked. */
  | { readonly kind: 'static' };
