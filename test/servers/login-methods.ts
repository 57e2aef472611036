import type { ClientCertificate } from '#contract/vault-auth.ts';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Api, field } from './openbao-api.ts';

/** How long the tokens of a role live, such as `60s`. */
export interface TokenTerms {
  readonly policies: readonly string[];
  readonly ttl: string;
  readonly maxTtl: string;
}

/** What a role's secret ids are like. */
export interface SecretIdTerms {
  /** How often one logs in; 0: as often as it likes. */
  readonly uses?: number;
  /** Wrapped for so long, such as `60s`: what comes is a wrapping token. */
  readonly wrapTtl?: string;
}

/** A role of AppRole auth. */
export interface AppRole {
  readonly roleId: string;
  secretId(terms?: SecretIdTerms): Promise<string>;
}

const ROLE = 'auth/approle/role/ml';

/** Where a wrapped secret id of the role is made. */
export const WRAPPING_PATH = `${ROLE}/secret-id`;

/** Mounts AppRole auth at `auth/approle`, with the role `ml`. */
export async function mountAppRole(api: Api, terms: TokenTerms): Promise<AppRole> {
  await api('POST', 'sys/auth/approle', { type: 'approle' });
  await api('POST', ROLE, tokenTerms(terms));
  return {
    roleId: String(field(await api('GET', `${ROLE}/role-id`), 'data', 'role_id')),
    async secretId({ uses = 0, wrapTtl } = {}) {
      const options = wrapTtl === undefined ? {} : { wrapTtl };
      const answer = await api('POST', WRAPPING_PATH, { num_uses: uses }, options);
      const place =
        wrapTtl === undefined ? (['data', 'secret_id'] as const) : (['wrap_info', 'token'] as const);
      return String(field(answer, ...place));
    },
  };
}

/** An authority that clients are known by. */
export interface ClientAuthority {
  /** Writes a certificate of the name to a directory, over the one that is there. */
  issue(directory: string, name: string, ttl?: string): Promise<ClientCertificate>;
}

/** Mounts certificate auth at `auth/cert`, whose role `ml` takes certificates of the name `runner`. */
export async function mountCertificateAuth(api: Api, terms: TokenTerms): Promise<ClientAuthority> {
  await api('POST', 'sys/mounts/clients', { type: 'pki' });
  const root = await api('POST', 'clients/root/generate/internal', {
    common_name: 'Clients',
    key_type: 'ec',
  });
  await api('POST', 'clients/roles/any', {
    allow_any_name: true,
    enforce_hostnames: false,
    key_type: 'ec',
    not_before_duration: '60s',
  });
  await api('POST', 'sys/auth/cert', { type: 'cert' });
  await api('POST', 'auth/cert/certs/ml', {
    certificate: field(root, 'data', 'certificate'),
    allowed_common_names: ['runner'],
    ...tokenTerms(terms),
  });
  return {
    async issue(directory, name, ttl = '1h') {
      const answer = await api('POST', 'clients/issue/any', { common_name: name, ttl });
      const files = { certFile: join(directory, 'client.crt'), keyFile: join(directory, 'client.key') };
      await writeFile(files.certFile, String(field(answer, 'data', 'certificate')));
      await writeFile(files.keyFile, String(field(answer, 'data', 'private_key')));
      await chmod(files.keyFile, 0o644);
      return files;
    },
  };
}

/** Makes a token that is nobody's child, as a script of an operator does. */
export async function makeToken(api: Api, { policies, ttl, maxTtl }: TokenTerms): Promise<string> {
  const answer = await api('POST', 'auth/token/create-orphan', { policies, ttl, explicit_max_ttl: maxTtl });
  return String(field(answer, 'auth', 'client_token'));
}

const tokenTerms = ({ policies, ttl, maxTtl }: TokenTerms): object => ({
  token_policies: policies,
  token_ttl: ttl,
  token_max_ttl: maxTtl,
});
