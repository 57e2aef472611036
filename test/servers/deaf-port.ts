import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { inTime, PATIENCE_MS } from './eventually.ts';

/** A port whose packets nobody answers, as if a firewall dropped them. */
export type DeafPort = AsyncDisposable;

/** A process that listens and then stands still: what it does not take waits in a queue of two. */
const LISTENER = `require('node:net').createServer()
  .listen({ port: Number(process.argv[1]), host: '127.0.0.1', backlog: 1 }, () => {
    process.stdout.write('listening', () => process.kill(process.pid, 'SIGSTOP'));
  })`;

/** More than the queue holds: the kernel answers nobody who comes after them. */
const CALLERS = 4;

/**
 * Occupies a free port of loopback.
 *
 * @throws {Error} If it is not free.
 */
export async function occupy(port: number): Promise<DeafPort> {
  // What stands still does not end by itself, even if this process is killed and cannot end it.
  const command = ['--pdeathsig', 'KILL', process.execPath, '--eval', LISTENER, String(port)];
  const child = spawn('setpriv', command, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  await inTime(`a listener on port ${port}`, PATIENCE_MS, once(child.stdout, 'data'));
  const callers = Array.from({ length: CALLERS }, () => call(port));
  const taken = Promise.race(callers.map((caller) => once(caller, 'connect')));
  await inTime(`a caller on port ${port}`, PATIENCE_MS, taken);
  return {
    async [Symbol.asyncDispose]() {
      process.off('exit', kill);
      for (const caller of callers) caller.destroy();
      kill();
      await ended;
    },
  };
}

function call(port: number): Socket {
  return connect(port, '127.0.0.1').on('error', () => undefined);
}
