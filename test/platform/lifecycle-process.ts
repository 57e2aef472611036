import { url as debuggerUrl } from 'node:inspector';
import { setTimeout } from 'node:timers/promises';
import { Terminated, terminationSignal } from '../../platform/lifecycle.ts';

/**
 * A process that says what its termination signal says. It ends by itself a while after the first signal, and at once
 * without one if called with `idle`, to show that listening alone does not keep a process alive.
 */
const signal = terminationSignal();
signal.addEventListener('abort', () => {
  const reason: unknown = signal.reason;
  const said = reason instanceof Terminated ? reason.message : 'something else';
  process.stdout.write(debuggerUrl() === undefined ? `${said}\n` : `${said}, open to a debugger\n`);
});
process.stdout.write('listening\n');
if (process.argv[2] !== 'idle') {
  while (!signal.aborted) await setTimeout(10);
  await setTimeout(5000);
}
