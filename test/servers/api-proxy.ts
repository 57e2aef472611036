import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The API at a plain address on loopback, for more requests than kubectl is quick enough for. */
export interface ApiProxy extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40001`. */
  readonly address: string;
}

/**
 * Starts `kubectl proxy`, which sends requests on with the credentials that kubectl uses.
 *
 * @throws {Error} If it ends instead.
 */
export async function startApiProxy(kubectl: string, environment: NodeJS.ProcessEnv): Promise<ApiProxy> {
  const child = spawn(kubectl, ['proxy', '--port=0'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const address = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    createInterface(child.stdout)
      .once('line', (line) => resolve(`http://${line.replace(/^.* /u, '')}`))
      .once('close', () => reject(new Error('Cannot reach the API: kubectl proxy has ended')));
  });
  return {
    address,
    async [Symbol.asyncDispose]() {
      process.off('exit', kill);
      child.kill('SIGTERM');
      await ended;
    },
  };
}
