import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtOnce } from '../../servers/built-once.ts';

const MODULE = fileURLToPath(new URL('./programs', import.meta.url));
const GO_BUILD = ['go', 'build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o'];
const PEER = 'github.com/hashicorp/vault-k8s';

async function built(name: string, what: string, source: string): Promise<string> {
  const files = (await readdir(MODULE, { recursive: true })).filter((file) =>
    /\.(?:go|mod|sum)$/u.test(file),
  );
  const directory = await builtOnce({
    what,
    name: `webhook-${name}`,
    root: MODULE,
    sources: files.toSorted(),
    command: (target) => ({
      words: [...GO_BUILD, join(target, name), source],
      environment: { CGO_ENABLED: '0', GOTOOLCHAIN: 'local' },
    }),
  });
  return join(directory, name);
}

/** What puts requests. It is no Node, which would take more of the machine than what it measures. */
export const loadClient = (): Promise<string> => built('client', 'the client of the webhook', './client');

/** vault-k8s, some two minutes from empty caches. */
export const peerProgram = (): Promise<string> => built('vault-k8s', 'vault-k8s', PEER);
