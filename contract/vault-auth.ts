import type { Reader } from './reader.ts';

/** The methods by which Vault or OpenBao can be logged in to, as both call them. */
export const VAULT_METHODS = ['kubernetes', 'jwt', 'approle', 'cert', 'token_file'] as const;
export type VaultMethod = (typeof VAULT_METHODS)[number];

/** What a service account proves itself with. Both methods post the same body, `{role, jwt}`, to `<path>/login`. */
export interface AccountAuth {
  readonly method: 'kubernetes' | 'jwt';
  /** The mount, such as `auth/kubernetes`. */
  readonly path: string;
  readonly role: string;
  /** Read anew at each login, for the kubelet replaces it. */
  readonly tokenFile: string;
}

/** Which role a secret id is for. No secret: it opens nothing by itself. */
export type RoleId = { readonly roleId: string } | { readonly roleIdFile: string };

/** What an application proves itself with. Files are read anew at each login, for secret ids are rotated. */
export type AppRoleAuth = RoleId & {
  readonly method: 'approle';
  /** The mount, such as `auth/approle`. */
  readonly path: string;
  /** Absent for roles that want no secret id (`bind_secret_id=false`). */
  readonly secretIdFile?: string;
  /** The file is removed once it was read; the agent keeps what it held in its own tmpfs. */
  readonly removeSecretIdFile?: true;
  /**
   * The file holds a wrapping token in place of the secret id, and this is where that has to have been made, such as
   * `auth/approle/role/ml/secret-id`: one of elsewhere may have been put there by somebody who has read the secret id.
   */
  readonly secretIdWrappingPath?: string;
};

/** A certificate and its key, as PEM. */
export interface ClientCertificate {
  /** The certificate, and behind it those that lead to its authority. */
  readonly certFile: string;
  readonly keyFile: string;
}

/** What proves itself by the certificate that it shows to the server. */
export interface CertificateAuth extends ClientCertificate {
  readonly method: 'cert';
  /** The mount, such as `auth/cert`. */
  readonly path: string;
  /** Absent: whichever role of the mount the certificate satisfies. */
  readonly role?: string;
}

/** A token that somebody else keeps current. It is never revoked, for it is not the agent's. */
export interface TokenFileAuth {
  readonly method: 'token_file';
  readonly tokenFile: string;
}

/** How the agent proves who it is. */
export type VaultAuth = AccountAuth | AppRoleAuth | CertificateAuth | TokenFileAuth;

/** Reads how a store at an address is logged in to. */
export function readVaultAuth(auth: Reader, address: string): VaultAuth {
  const method = auth.choice('method', VAULT_METHODS, 'kubernetes');
  switch (method) {
    case 'kubernetes':
    case 'jwt':
      return {
        method,
        path: auth.string('path', 'auth/kubernetes'),
        role: auth.string('role'),
        tokenFile: auth.string('tokenFile'),
      };
    case 'approle':
      return readAppRole(auth);
    case 'cert':
      return readCertificate(auth, address);
    case 'token_file':
      return { method, tokenFile: auth.string('tokenFile') };
  }
}

function readAppRole(auth: Reader): AppRoleAuth {
  const roleIdFile = auth.optionalString('roleIdFile');
  const secretIdFile = auth.optionalString('secretIdFile');
  const secretIdWrappingPath = auth.optionalString('secretIdWrappingPath');
  const removes = auth.boolean('removeSecretIdFile', false);
  if (secretIdFile === undefined && (removes || secretIdWrappingPath !== undefined))
    auth.report('secretIdFile', 'must be there, for something is to be done with it');
  return {
    method: 'approle',
    path: auth.string('path', 'auth/approle'),
    ...(roleIdFile === undefined ? { roleId: auth.string('roleId') } : { roleIdFile }),
    ...(secretIdFile === undefined ? {} : { secretIdFile }),
    ...(removes ? { removeSecretIdFile: true } : {}),
    ...(secretIdWrappingPath === undefined ? {} : { secretIdWrappingPath }),
  };
}

function readCertificate(auth: Reader, address: string): CertificateAuth {
  const role = auth.optionalString('role');
  if (address.startsWith('http://'))
    auth.report(
      'method',
      'cannot be "cert" where the address begins with http://: only TLS shows a certificate',
    );
  return {
    method: 'cert',
    path: auth.string('path', 'auth/cert'),
    ...(role === undefined ? {} : { role }),
    ...readClientCertificate(auth),
  };
}

/** Reads which certificate the agent shows. */
export function readClientCertificate(reader: Reader): ClientCertificate {
  return { certFile: reader.string('certFile'), keyFile: reader.string('keyFile') };
}
