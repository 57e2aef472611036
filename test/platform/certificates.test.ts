import { expect, test } from 'vitest';
import { certificatesIn } from '#platform/certificates.ts';
import { makeServerCertificate } from '../../deploy/kubernetes/certificate.ts';

const { caPem, certPem, keyPem } = await makeServerCertificate({
  names: ['vault'],
  now: new Date('2027-01-01T00:00:00Z'),
  days: 1,
});

test('all certificates are taken, and no key or comment that stands between them', () => {
  expect(certificatesIn(caPem)).toBe(caPem);
  expect(certificatesIn(`# the store's\r\n${caPem}${keyPem}\n${certPem}`)).toBe(caPem + certPem);
});

test.each([
  ['nothing', ''],
  ['a key alone', keyPem],
  ['a certificate that is cut short', caPem.slice(0, 200)],
  ['one that is none', caPem.replace(/MII.{40}/u, 'x')],
])('%s is no authority', (_, pem) => {
  expect(certificatesIn(pem)).toBeUndefined();
});
