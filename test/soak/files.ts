import { createPrivateKey, X509Certificate } from 'node:crypto';
import { CREDENTIALS_PATH } from '../servers/database.ts';
import type { Login } from '../servers/database-login.ts';
import type { RotatedKind, Write } from './record.ts';

/** Where the values are that are written; both are called `value`. */
export const PATHS: Readonly<Record<Write['kind'], string>> = {
  'KV v2': 'secret/data/ml/soak',
  'KV v1': 'first/soak',
};

/** A file of each kind. */
export const FILE_OF: Readonly<Record<RotatedKind, string>> = {
  'KV v2': 'second',
  'KV v1': 'first',
  database: 'database.json',
  PKI: 'tls.pem',
};

export const TEMPLATES: Readonly<Record<string, string>> = {
  [FILE_OF['KV v2']]: `{{ with secret "${PATHS['KV v2']}" }}{{ .Data.data.value }}{{ end }}`,
  [FILE_OF['KV v1']]: `{{ with secret "${PATHS['KV v1']}" }}{{ .Data.value }}{{ end }}`,
  [FILE_OF.database]: `{{ with secret "${CREDENTIALS_PATH}" }}{{ .Data | toJSON }}{{ end }}`,
  [FILE_OF.PKI]:
    '{{ with pkiCert "pki/issue/soak" "common_name=inference.ml" }}{{ .Data.Cert }}{{ .Data.CA }}{{ .Data.Key }}{{ end }}',
};

/** Long enough to be torn by whoever writes it in place. */
const BODY = '0123456789abcdef'.repeat(1024);

/** The value number so and so, which shows whether it is whole. */
export const valueOf = (serial: number): string => `${serial}|${BODY}|${serial}`;

/** What tells the content of a file from the one before. */
export interface Whole {
  /** A number, a user or a serial number. */
  readonly mark: string;
  readonly login?: Login;
  /** When it ends, if it says so: milliseconds since the epoch. */
  readonly endsAt?: number;
}

/**
 * Reads what a file holds.
 *
 * @throws {Error} If it is not whole. The message does not hold it.
 */
export function parseFile(kind: RotatedKind, text: string): Whole {
  switch (kind) {
    case 'KV v2':
    case 'KV v1':
      return parseValue(text);
    case 'database':
      return parseLogin(text);
    case 'PKI':
      return parseCertificate(text);
  }
}

function parseValue(text: string): Whole {
  const [mark = '', body, again] = text.split('|');
  if (body !== BODY || again !== mark || !/^\d+$/u.test(mark)) throw notWhole(text);
  return { mark };
}

function parseLogin(text: string): Whole {
  const { username, password } = JSON.parse(text) as Partial<Login>;
  if (!username || !password) throw notWhole(text);
  return { mark: username, login: { username, password } };
}

function parseCertificate(text: string): Whole {
  const certificate = new X509Certificate(text);
  if (!certificate.checkPrivateKey(createPrivateKey(text))) throw notWhole(text);
  return { mark: certificate.serialNumber, endsAt: certificate.validToDate.getTime() };
}

const notWhole = (text: string): Error => new Error(`is not whole: ${text.length} characters`);
