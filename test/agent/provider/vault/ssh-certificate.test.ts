import { assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sshCertificateEnd } from '../../../../agent/provider/vault/ssh-certificate.ts';

/** As OpenBao's engine has signed it, for half an hour until 03:47:10Z of the 26th of November 2026. */
const SIGNED =
  'ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAIEBMU7WdN40V0rHiWIte7s/OLHptXBT5+zJn' +
  'a21i6IlZAAAAIEgEpYz0Nq4pXh3s3bW0E9J4PqjXv7m3g1oOTvNNcmOaFLfciXixYigAAAABAAAAS3ZhdWx0LXJvb3QtODNiODk0NTg3OGYyZmVkZWRmZjlh' +
  'YTE0ZGQ1ZDRkYTUzNmZlYmFhNmJiZTlhZjQ2YzU5Y2YyZDYxMDM5NDJiOAAAAAUAAAABdQAAAABrB6SYAAAAAGsHq74AAAAAAAAAAAAAAAAAAAAzAAAAC3Nz' +
  'aC1lZDI1NTE5AAAAIDTUcsXIXIFeTvUanqJ7e6eaMgY+MCQG9Ev6zlM5DlfyAAAAUwAAAAtzc2gtZWQyNTUxOQAAAEA9F4CtIBq5NLkhiGSOSkO7aJ1N47T9' +
  'YociPhMfBqGr1gtUvW+5SuZqVWbeJ37fBWs3bXbbSRndM2YGRCC2xaMK\n';

const field = (bytes: Buffer | string): Buffer => {
  const content = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
};

const number = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};

/** A certificate of a type whose key has so many fields, as PROTOCOL.certkeys of OpenSSH lays it out. */
function certificate(type: string, keyFields: number, until: bigint): string {
  const key = Array.from({ length: keyFields }, (_, index) => field('k'.repeat(index + 30)));
  const head = [field(type), field('nonce'), ...key, number(7n), Buffer.from([0, 0, 0, 1])];
  const rest = [field('key id'), field(field('user')), number(1n), number(until), field(''), field('')];
  return `${type} ${Buffer.concat([...head, ...rest]).toString('base64')} comment`;
}

describe('a certificate of SSH', () => {
  test('ends when the engine said that it would', () => {
    expect(sshCertificateEnd(SIGNED)).toBe(Date.parse('2026-11-26T03:47:10Z') / 1000);
  });

  test.each([
    ['ssh-ed25519-cert-v01@openssh.com', 1],
    ['sk-ssh-ed25519-cert-v01@openssh.com', 2],
    ['ssh-rsa-cert-v01@openssh.com', 2],
    ['ecdsa-sha2-nistp256-cert-v01@openssh.com', 2],
    ['ecdsa-sha2-nistp384-cert-v01@openssh.com', 2],
    ['ecdsa-sha2-nistp521-cert-v01@openssh.com', 2],
    ['sk-ecdsa-sha2-nistp256-cert-v01@openssh.com', 3],
  ])('of type %s tells its end', (type, keyFields) => {
    expect(sshCertificateEnd(certificate(type, keyFields, 1_800_000_000n))).toBe(1_800_000_000);
  });

  test('that is good for ever has no end', () => {
    const text = certificate('ssh-ed25519-cert-v01@openssh.com', 1, 2n ** 64n - 1n);
    expect(sshCertificateEnd(text)).toBeUndefined();
  });

  test('that is cut anywhere before its end has none that could be told', () => {
    const [type = '', blob = ''] = SIGNED.split(' ');
    const bytes = Buffer.from(blob, 'base64');
    assert(
      property(integer({ min: 0, max: 260 }), (length) => {
        const text = `${type} ${bytes.subarray(0, length).toString('base64')}`;
        expect([undefined, sshCertificateEnd(SIGNED)]).toContain(sshCertificateEnd(text));
      }),
    );
  });
});

test.each([
  '',
  'ssh-ed25519 AAAA',
  'ssh-ed25519-cert-v01@openssh.com',
  'ssh-ed25519-cert-v01@openssh.com ????',
])('%j is no certificate of SSH', (text) => {
  expect(sshCertificateEnd(text)).toBeUndefined();
});
