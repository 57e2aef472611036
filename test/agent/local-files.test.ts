import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { encodeText } from '#contract/template/bytes.ts';
import { createLocalFiles, type LocalFiles, watchLocalFiles } from '../../agent/local-files.ts';
import { SteeredClock } from './steered-clock.ts';

interface Place {
  readonly directory: string;
  readonly files: LocalFiles;
}

/** A directory with a state and a token of the agent's. */
function aPlace(): Place {
  const directory = mkdtempSync(join(tmpdir(), 'sidekey-local-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, 'state'));
  writeFileSync(join(directory, 'state', 'state.json'), 'canary');
  writeFileSync(join(directory, 'token'), 'canary');
  const auth = { method: 'jwt', path: 'auth/jwt', role: 'r', tokenFile: join(directory, 'token') } as const;
  writeFileSync(join(directory, 'client.key'), 'canary');
  const clientCertificate = {
    certFile: join(directory, 'client.crt'),
    keyFile: join(directory, 'client.key'),
  };
  const vault = { address: 'https://vault', auth, clientCertificate, timeoutMs: 1 };
  return { directory, files: createLocalFiles({ vault, stateDirectory: join(directory, 'state') }) };
}

describe('a file of the container', () => {
  test('is read as it is, bytes that are no UTF-8 included', () => {
    const { directory, files } = aPlace();
    writeFileSync(join(directory, 'a'), Buffer.from([0x61, 0xff, 0xc3, 0xa9]));
    expect([...encodeText(files.read(join(directory, 'a')))]).toEqual([0x61, 0xff, 0xc3, 0xa9]);
  });

  test('is read through links, as those of a mounted ConfigMap', () => {
    const { directory, files } = aPlace();
    writeFileSync(join(directory, 'a'), 'x');
    symlinkSync('a', join(directory, 'link'));
    expect(files.read(join(directory, 'link'))).toBe('x');
  });

  test.each(['state/state.json', 'token', 'client.key', 'link', 'state'])(
    "is not seen if it is the agent's own: %s",
    (name) => {
      const { directory, files } = aPlace();
      symlinkSync('state/../state/state.json', join(directory, 'link'));
      expect(() => files.read(join(directory, name))).toThrow("the file is the agent's own");
    },
  );

  test.each([
    '/proc/self/environ',
    '/proc/self/root/proc/self/environ',
    '/sys/kernel/uevent_seqnum',
    '/dev/zero',
  ])("is not seen if it is the system's: %s", (path) => {
    expect(() => aPlace().files.read(path)).toThrow("the file is the agent's own, and no template sees it");
  });

  test('is not waited for if it is a pipe', () => {
    const { directory, files } = aPlace();
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    expect(() => files.read(join(directory, 'pipe'))).toThrow('it is no file');
  });

  test.each([
    ['missing', "the file cannot be read in the agent's container (ENOENT)"],
    ['.', 'it is no file'],
    ['large', 'the file is larger than 1048576 bytes'],
  ])('that is none is refused: %s', (name, reason) => {
    const { directory, files } = aPlace();
    writeFileSync(join(directory, 'large'), Buffer.alloc(1024 * 1024 + 1));
    expect(() => files.read(join(directory, name))).toThrow(reason);
  });

  test('needs an absolute path, and none is shown in the error, for it may be made of a secret', () => {
    const { files } = aPlace();
    expect(() => files.read('canary')).toThrow(/^the path of the file is not absolute$/u);
    expect(() => files.read('/canary')).toThrow(
      /^the file cannot be read in the agent's container \(ENOENT\)$/u,
    );
    expect(() => files.read('/canary\0')).toThrow(
      /^the file cannot be read in the agent's container \(\w+\)$/u,
    );
  });
});

describe('a change of a file', () => {
  test('is seen once it was read, until it is read again', () => {
    const { directory, files } = aPlace();
    const path = join(directory, 'a');
    writeFileSync(path, 'one');
    expect(files.changed()).toBe(false);
    files.read(path);
    expect(files.changed()).toBe(false);
    writeFileSync(`${path}.new`, 'two');
    renameSync(`${path}.new`, path);
    expect(files.changed()).toBe(true);
    files.read(path);
    expect(files.changed()).toBe(false);
  });

  test('is also that it comes or goes', () => {
    const { directory, files } = aPlace();
    const path = join(directory, 'a');
    expect(() => files.read(path)).toThrow('ENOENT');
    expect(files.changed()).toBe(false);
    writeFileSync(path, '');
    expect(files.changed()).toBe(true);
    files.read(path);
    rmSync(path);
    expect(files.changed()).toBe(true);
  });
});

test('changes are told of while somebody listens', async () => {
  const { directory, files } = aPlace();
  const path = join(directory, 'a');
  writeFileSync(path, 'one');
  files.read(path);
  const clock = new SteeredClock();
  const stop = new AbortController();
  let told = 0;
  const end = watchLocalFiles(files, clock, stop.signal, () => (told += 1));
  await clock.advance(10_000);
  expect(told).toBe(0);
  writeFileSync(path, 'longer');
  await clock.advance(2000);
  expect(told).toBe(1);
  stop.abort();
  await end;
});
