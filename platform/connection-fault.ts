/** OpenSSL's and Node's names for a certificate that does not convince. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/u;

/** The system's or the parser's code of an error; all that is shown of one, for a parser's message quotes what it read. */
export function faultCode(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : 'the connection failed';
}

/** True if the server's certificate does not convince. */
export const isCertificateFault = (code: string): boolean => CERTIFICATE.test(code);

/** What a connection failed of, by its code, with what to do where that is known. */
export function explainFault(code: string): string {
  if (isCertificateFault(code))
    return `its certificate is not trusted (${code}); give the authority that signed it, and a name it is for`;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return `no TLS connection (${code}); is it an http:// address?`;
  return code;
}
