import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { OpenBaoBinary } from '../../servers/openbao-binary.ts';
import { end, launch, prepare } from '../../servers/openbao-process.ts';

const BINARY_MODULE = fileURLToPath(new URL('../../servers/openbao-binary.ts', import.meta.url));

test('without any way to OpenBao, and without a home to keep it in, the message says what to install', async () => {
  const script = `const { findOpenBao } = await import(${JSON.stringify(BINARY_MODULE)}); await findOpenBao()`;
  const env = { HOME: '/dev/null', PATH: '/nowhere' };
  const failure = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { env });
  await expect(failure).rejects.toMatchObject({
    stderr: expect.stringMatching(/Cannot find OpenBao: .*"bao".*\/dev\/null.*Docker.*Install one of/u),
  });
});

test('Ctrl-C in the terminal does not end the store before the demo does', async () => {
  const sleeper: OpenBaoBinary = { how: '', bind: '127.0.0.1', command: () => ['sleep', '60'] };
  const place = await prepare(sleeper, { storage: 'memory', tls: false });
  const server = await launch(sleeper, place);
  try {
    // Process group, after the name in parentheses, the state and the parent (proc_pid_stat(5)).
    const stat = await readFile(`/proc/${server.pid}/stat`, 'utf8');
    expect(stat.split(') ')[1]?.split(' ')[2]).toBe(String(server.pid));
  } finally {
    await end(server);
    await rm(place.directory, { recursive: true });
  }
});
