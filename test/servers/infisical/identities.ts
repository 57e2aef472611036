import { createHmac, randomUUID } from 'node:crypto';
import { Refusal } from './refusal.ts';
import { type Body, required } from './validation.ts';

/** A machine identity. Durations are seconds. */
export interface Identity {
  readonly id: string;
  ttl: number;
  maxTtl: number;
  period: number;
  /** How many requests a token is good for; 0: any number. */
  usesLimit: number;
  /** In folders of which it may see that there are secrets, but not their values. */
  masks: (path: string) => boolean;
  readonly clientId: string;
  clientSecret: string;
  readonly kubernetes?: {
    readonly namespaces: readonly string[];
    readonly names: readonly string[];
    /** Any, if absent. */
    readonly audience?: string;
  };
  /** Ids of the projects it is a member of. */
  readonly projects: Set<string>;
}

/** A service account, as an API server knows it. */
export interface Reviewed {
  readonly namespace: string;
  readonly name: string;
  readonly audience?: string;
}

export type Review = (jwt: string, audience?: string) => Reviewed | undefined | Promise<Reviewed | undefined>;

interface Issued {
  readonly identity: Identity;
  readonly createdAt: number;
  revoked: boolean;
  uses: number;
}

interface Claims {
  readonly jti: string;
  readonly exp: number;
}

/** Tokens live no longer than this, whatever is configured: 90 days. */
const LONGEST_LIFE_S = 7_776_000;

/** Three bad logins within 30 s lock the method for 300 s. */
const LOCKOUT = { threshold: 3, windowMs: 30_000, lockedMs: 300_000 };

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Who may log in, and every token that was issued. `now` is milliseconds since the epoch. */
export class Identities {
  readonly all: Identity[] = [];
  /**
   * Who a service-account token belongs to, as the reviewing API server says when it is asked for an audience or none:
   * `sa:<namespace>:<name>[:<audience>]`.
   */
  review: Review = (jwt) => {
    const [kind, namespace, name, audience = ''] = jwt.split(':');
    return kind === 'sa' && namespace && name ? { namespace, name, audience } : undefined;
  };
  readonly #issued = new Map<string, Issued>();
  readonly #badLogins = new Map<string, number[]>();
  readonly #lockedUntil = new Map<string, number>();
  readonly #key = randomUUID();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  universalLogin(body: Body): object {
    const clientId = required(body, 'clientId');
    const clientSecret = required(body, 'clientSecret');
    const identity = this.all.find((one) => one.clientId === clientId);
    if (!identity) throw new Refusal('bad_credentials');
    if ((this.#lockedUntil.get(clientId) ?? 0) > this.#now()) throw new Refusal('locked');
    if (identity.clientSecret !== clientSecret) {
      this.#noteBadLogin(clientId);
      throw new Refusal('bad_credentials');
    }
    this.#badLogins.delete(clientId);
    const ttl = this.#lifeOf(identity, this.#now());
    return this.#answer(identity, this.#issue(identity, 'universal-auth', ttl), ttl);
  }

  async kubernetesLogin(body: Body): Promise<object> {
    const identityId = required(body, 'identityId');
    const jwt = required(body, 'jwt');
    const identity = this.all.find((one) => one.id === identityId);
    if (!identity?.kubernetes) throw new Refusal('unknown_identity');
    const { namespaces, names, audience } = identity.kubernetes;
    const account = await this.review(jwt, audience);
    if (!account) throw new Refusal('token_review');
    if (!namespaces.includes(account.namespace)) throw new Refusal('namespace_denied');
    if (!names.includes(account.name)) throw new Refusal('name_denied');
    if (audience !== undefined && account.audience !== audience) throw new Refusal('audience_denied');
    const ttl = this.#lifeOf(identity, this.#now());
    // What is reported here is the configured number, be it 0.
    return this.#answer(identity, this.#issue(identity, 'kubernetes-auth', ttl), identity.ttl);
  }

  renew(body: Body): object {
    const { jti } = this.#verify(required(body, 'accessToken'));
    const issued = this.#issued.get(jti);
    if (!issued || issued.revoked) throw new Refusal('renewal_of_revoked');
    const ttl = this.#lifeOf(issued.identity, issued.createdAt);
    if (ttl <= 0) throw new Refusal('renewal_beyond_max');
    return this.#answer(issued.identity, this.#sign(issued, jti, 'renewed', ttl), ttl);
  }

  /** Ends the whole chain of renewals, for they share their id. */
  revoke(body: Body): object {
    const issued = this.#issued.get(this.#verify(required(body, 'accessToken')).jti);
    if (issued) issued.revoked = true;
    return { message: 'Successfully revoked access token' };
  }

  /** Whose request this is. */
  authenticate(authorization: string | undefined): Identity {
    if (authorization === undefined) throw new Refusal('token_missing');
    const { jti } = this.#verify(authorization.replace(/^Bearer /u, ''));
    const issued = this.#issued.get(jti);
    if (!issued || issued.revoked) throw new Refusal('token_revoked');
    issued.uses += 1;
    if (issued.identity.usesLimit > 0 && issued.uses > issued.identity.usesLimit)
      throw new Refusal('token_used_up');
    return issued.identity;
  }

  /** How many tokens could still be used. */
  get living(): number {
    return [...this.#issued.values()].filter(({ revoked }) => !revoked).length;
  }

  /** Revokes every token, as an administrator would. */
  revokeAll(): void {
    for (const issued of this.#issued.values()) issued.revoked = true;
  }

  #noteBadLogin(clientId: string): void {
    const now = this.#now();
    const recent = (this.#badLogins.get(clientId) ?? []).filter((at) => at > now - LOCKOUT.windowMs);
    recent.push(now);
    this.#badLogins.set(clientId, recent);
    if (recent.length >= LOCKOUT.threshold) this.#lockedUntil.set(clientId, now + LOCKOUT.lockedMs);
  }

  #lifeOf({ ttl, maxTtl, period }: Identity, createdAt: number): number {
    if (period > 0) return period;
    const left = maxTtl > 0 ? maxTtl - Math.floor((this.#now() - createdAt) / 1000) : LONGEST_LIFE_S;
    return Math.min(ttl > 0 ? ttl : LONGEST_LIFE_S, left, LONGEST_LIFE_S);
  }

  #issue(identity: Identity, method: string, ttl: number): string {
    const jti = randomUUID();
    const issued = { identity, createdAt: this.#now(), revoked: false, uses: 0 };
    this.#issued.set(jti, issued);
    return this.#sign(issued, jti, method, ttl);
  }

  #sign({ identity, createdAt }: Issued, jti: string, authMethod: string, ttl: number): string {
    const iat = Math.floor(this.#now() / 1000);
    const claims = {
      identityId: identity.id,
      authMethod,
      identityAccessTokenId: jti,
      accessTokenTTL: identity.ttl,
      accessTokenMaxTTL: identity.maxTtl,
      accessTokenPeriod: identity.period,
      creationEpoch: Math.floor(createdAt / 1000),
      iat,
      exp: iat + ttl,
      jti,
    };
    const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
    return `${text}.${this.#signature(text)}`;
  }

  #verify(token: string): Claims {
    const [header, payload, signature] = token.split('.');
    if (!header || !payload || signature !== this.#signature(`${header}.${payload}`))
      throw new Refusal('token_garbage');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    if (claims.exp * 1000 <= this.#now()) throw new Refusal('token_expired');
    return claims;
  }

  #signature(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }

  #answer({ maxTtl }: Identity, accessToken: string, expiresIn: number): object {
    return { accessToken, expiresIn, accessTokenMaxTTL: maxTtl, tokenType: 'Bearer' };
  }
}
