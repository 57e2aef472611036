import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Authority, createAuthority } from '../../../../agent/provider/http/authority.ts';
import { loopbackCertificate } from '../../../servers/certificate.ts';

const { caPem: one, keyPem } = await loopbackCertificate();
const { caPem: other } = await loopbackCertificate();

let directory: string;
let caFile: string;
let authority: Authority;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sidekey-authority-'));
  caFile = join(directory, 'ca.crt');
  authority = createAuthority({ caFile });
});

afterEach(() => rm(directory, { recursive: true, force: true }));

test('what the configuration holds is trusted, and nothing is read', () => {
  expect(createAuthority({ caPem: one }).trusted()).toBe(one);
  expect(createAuthority({ caPem: one }).file).toBeUndefined();
  expect(createAuthority({}).trusted()).toBeUndefined();
});

describe('a file', () => {
  test('is read once, and again when it is told to be', async () => {
    await writeFile(caFile, one);
    expect(authority.reload()).toBe('unchanged');
    expect(authority.trusted()).toBe(one);
    await writeFile(caFile, one + other);
    expect(authority.trusted()).toBe(one);
    expect(authority.reload()).toBe('replaced');
    expect(authority.trusted()).toBe(one + other);
    expect(authority.reload()).toBe('unchanged');
    expect(authority.problem()).toBeUndefined();
  });

  test('that is not there yet leaves nobody to trust, until it is', async () => {
    expect(() => authority.trusted()).toThrow(
      `Cannot tell whom to trust: ${caFile} cannot be read (ENOENT); mount a Secret or a ConfigMap there`,
    );
    await writeFile(caFile, one);
    expect(authority.trusted()).toBe(one);
    expect(authority.problem()).toBeUndefined();
  });

  test.each([
    ['is gone', () => rm(caFile), 'cannot be read (ENOENT)'],
    ['is empty', () => writeFile(caFile, ''), 'holds no certificate in PEM form'],
    ['is cut short', () => writeFile(caFile, one.slice(0, 200)), 'holds no certificate in PEM form'],
    ['holds a key alone', () => writeFile(caFile, keyPem), 'holds no certificate in PEM form'],
    ['holds a good one and a broken one', () => writeFile(caFile, one + broken(other)), 'one that is broken'],
  ])('that %s leaves what was trusted, and says what is wrong', async (_, spoil, problem) => {
    await writeFile(caFile, one);
    authority.trusted();
    await spoil();
    expect(authority.reload()).toBe('refused');
    expect(authority.trusted()).toBe(one);
    expect(authority.problem()).toContain(problem);
    await writeFile(caFile, other);
    authority.reload();
    expect(authority.trusted()).toBe(other);
    expect(authority.problem()).toBeUndefined();
  });
});

const broken = (pem: string): string => pem.replace(/MII.{40}/u, 'MIIx');
