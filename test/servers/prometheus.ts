import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, PATIENCE_MS } from './eventually.ts';
import { freePort } from './port.ts';

/** A real Prometheus that scrapes twice a second. */
export interface Prometheus extends AsyncDisposable {
  readonly address: string;
  /** The value of an instant query that has exactly one answer; throws if it has none or several. */
  value(expression: string): Promise<number>;
}

/** @param targets `host:port` of each job. */
export async function startPrometheus(targets: Readonly<Record<string, string>>): Promise<Prometheus> {
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-prometheus-'));
  const config = join(directory, 'prometheus.json');
  await writeFile(config, configuration(targets));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const log = join(directory, 'log');
  const flags = [`--config.file=${config}`, `--storage.tsdb.path=${directory}/data`];
  const command = `exec prometheus ${flags.join(' ')} --web.listen-address=127.0.0.1:${port} >${log} 2>&1`;
  const child = spawn('sh', ['-c', command], { stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await eventually('Prometheus ready', PATIENCE_MS, () => get(`${address}/-/ready`));
  } catch (error) {
    const words = await readFile(log, 'utf8').catch(() => '');
    await stop();
    throw new Error(`Cannot start Prometheus:\n${words}`, { cause: error });
  }
  return { address, value: (expression) => query(address, expression), [Symbol.asyncDispose]: stop };
}

/** A server that takes longer is not alive. */
const ANSWER_MS = 10_000;

/** YAML is a superset of JSON. */
function configuration(targets: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    global: { scrape_interval: '500ms', scrape_timeout: '500ms' },
    scrape_configs: Object.entries(targets).map(([job, target]) => ({
      job_name: job,
      static_configs: [{ targets: [target] }],
    })),
  });
}

async function get(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  const body = await response.text();
  if (!response.ok) throw new Error(`${url} was answered ${response.status}: ${body}`);
  return body;
}

interface QueryAnswer {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

async function query(address: string, expression: string): Promise<number> {
  const body = await get(`${address}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const { result } = (JSON.parse(body) as QueryAnswer).data;
  const [only] = result;
  if (only === undefined || result.length > 1) throw new Error(`${expression} has ${result.length} values`);
  return Number(only.value[1]);
}
