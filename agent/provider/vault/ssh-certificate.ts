/** How many fields of a key stand before the serial number, by the type of the certificate. */
const KEY_FIELDS: ReadonlyMap<string, number> = new Map([
  ['ssh-ed25519-cert-v01@openssh.com', 1],
  ['sk-ssh-ed25519-cert-v01@openssh.com', 2],
  ['ssh-rsa-cert-v01@openssh.com', 2],
  ['ecdsa-sha2-nistp256-cert-v01@openssh.com', 2],
  ['ecdsa-sha2-nistp384-cert-v01@openssh.com', 2],
  ['ecdsa-sha2-nistp521-cert-v01@openssh.com', 2],
  ['sk-ecdsa-sha2-nistp256-cert-v01@openssh.com', 3],
]);

/** All bits set: for ever. */
const NO_END = 2n ** 64n - 1n;

/**
 * When a certificate of OpenSSH ends, in seconds since the epoch; undefined if it does not, or is none. The engine does not
 * say so beside it.
 */
export function sshCertificateEnd(text: string): number | undefined {
  const [type = '', blob = ''] = text.trim().split(/\s+/u);
  const keyFields = KEY_FIELDS.get(type);
  if (keyFields === undefined) return undefined;
  try {
    const bytes = Buffer.from(blob, 'base64');
    // Type and nonce, the key; serial number and kind of certificate; key id and principals; then it is valid from and until.
    const key = skipFields(bytes, 0, 2 + keyFields);
    const until = skipFields(bytes, key + 8 + 4, 2) + 8;
    const end = bytes.readBigUInt64BE(until);
    return end === NO_END ? undefined : Number(end);
  } catch (error) {
    // It ends before all of that.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Each field has its length before it. */
function skipFields(bytes: Buffer, offset: number, count: number): number {
  let at = offset;
  for (let field = 0; field < count; field += 1) at += 4 + bytes.readUInt32BE(at);
  return at;
}
