import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { VaultStore } from '#contract/agent-config.ts';
import type { CertificateAuth } from '#contract/vault-auth.ts';
import type { ProviderError } from '../../errors.ts';
import type { Answer } from '../../http/transport.ts';
import { refusalText } from '../errors.ts';
import { type LogIn, type LoginParts, requestGrant } from './grant.ts';
import { type Cause, explainRefusal, misplaced, missingMount } from './refusal.ts';

/** Logs in with the certificate that the connection shows. */
export function certificateLogin({ client, store }: LoginParts, auth: CertificateAuth): LogIn {
  const { path, role, certFile } = auth;
  return async (signal) => {
    const certificate = await describe(certFile);
    const refused = (answer: Answer): ProviderError =>
      certificateRefusal(answer, { store, auth, certificate });
    const body = role === undefined ? {} : { name: role };
    return await requestGrant(client, { path, body, refused, isAboutProof: isExpiry }, signal);
  };
}

interface Refused {
  readonly store: VaultStore;
  readonly auth: CertificateAuth;
  /** Says whose certificate was shown. */
  readonly certificate: string;
}

function certificateRefusal(answer: Answer, { store, auth, certificate }: Refused): ProviderError {
  const notAccepted = (): string => foreign(auth, certificate);
  const causes: readonly Cause[] = [
    [EXPIRY, () => ended(auth, certificate)],
    [/^no client certificate|must be supplied|connection required/iu, notShown],
    [/certificate|chain|constraint|match/iu, notAccepted],
    ...misplaced(store, auth),
  ];
  const otherwise = [() => missingMount(store, auth), notAccepted, notShown];
  const who = auth.role === undefined ? '' : ` with role "${auth.role}"`;
  return explainRefusal(answer, { doing: `log in at ${auth.path}${who}`, causes, otherwise });
}

/** OpenBao answers with 500. */
const EXPIRY = /certificate has expired or is not yet valid/iu;
const isExpiry = (answer: Answer): boolean => EXPIRY.test(refusalText(answer));

const ended = ({ certFile }: CertificateAuth, certificate: string): string =>
  `${certificate} has ended, or has not begun: see to it that ${certFile} is replaced in time, and check the server's clock`;

const notShown = (): string =>
  'the server saw no client certificate: something before it ends the TLS connection (a proxy, a mesh, an ingress), or its listener has tls_disable_client_certs; use an address that leads to the server itself';

function foreign({ role, path }: CertificateAuth, certificate: string): string {
  const who =
    role === undefined ? `no role of "${path}" accepts` : `there is no role "${role}", or it does not accept`;
  return `${who} ${certificate}: have the role trust its authority and allow its names, or mount another certificate`;
}

/** Whose it is and how long it is good for: nothing of that is secret. */
async function describe(file: string): Promise<string> {
  try {
    const { subject, issuer, validTo } = new X509Certificate(await readFile(file));
    return `the certificate of "${oneLine(subject)}" by "${oneLine(issuer)}", good until ${validTo}`;
  } catch {
    return `the certificate of ${file}`;
  }
}

/** An empty subject is none at all. */
const oneLine = (name: string | undefined): string => (name ?? '').replaceAll('\n', ', ');
