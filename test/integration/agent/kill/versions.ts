import { join } from 'node:path';
import type { FileSpec } from '#contract/agent-config.ts';

/** Directories of a pod that files are rendered into. */
export const VOLUMES = ['secrets', 'more'] as const;

/** Of lines of such a width, a file has more than Node writes with one call. */
const LINES = 1000;
const WIDTH = 600;

const turnOf = (version: number): string => `turn-${version % 2}`;

/** One version of the secret. */
export const dataOf = (version: number): object => ({ key: String(version), turn: turnOf(version) });

/** Files that change, one in each volume that does not, and one in a directory that is called otherwise every time. */
export function filesOf(directory: string, secret: string, url: string): readonly FileSpec[] {
  const field = (text: string): string => `{{ with secret "${secret}" }}{{ ${text} }}{{ end }}`;
  const beside = `.Data.data.key | writeToFile (printf "${directory}/secrets/%s/er/x" .Data.data.turn) "" "" "0600"`;
  const success = [{ from: 200, to: 299 }];
  const reload = { kind: 'http', method: 'POST', url, headers: [], success, deadlineMs: 60_000 } as const;
  return [
    ['secrets', 'key', `{{ range loop ${LINES} }}${field(`printf "%${WIDTH}s" .Data.data.key`)}{{ end }}`],
    ['secrets', 'constant', 'constant'],
    ['secrets', 'beside', field(beside)],
    ['more', 'key', field('.Data.data.key')],
    ['more', 'constant', 'constant'],
  ].map(([volume = '', path = '', text = '']) => ({
    name: `${volume}/${path}`,
    volume: join(directory, volume),
    path,
    mode: 0o640,
    template: { text, left: '{{', right: '}}' },
    reload,
  }));
}

/** Path to content, of one version. */
export function contentOf(volume: string, version: number): Record<string, string> {
  const key = String(version);
  if (volume === 'more') return { constant: 'constant', key };
  const large = key.padStart(WIDTH).repeat(LINES);
  return {
    key: large,
    [`${turnOf(version)}/er/x`]: key,
    constant: 'constant',
    beside: '',
  };
}

/** All that stands in a volume when nothing is left over. */
export function namesIn(volume: string, version: number): string[] {
  const paths = Object.keys(contentOf(volume, version));
  const names = paths.map((path) => path.split('/')[0] ?? path);
  return ['..data', '<generation>', ...names].toSorted();
}
