import type { HttpReload } from '#contract/reload.ts';
import type { OpenBaoServer } from '../../servers/openbao.ts';
import { CANARY, Pod, writeSecret } from './stage.ts';

export type Tell = Partial<HttpReload> & { readonly deadlineMs?: number };

/** Has the changes of every file of a pod told to a page of a server. */
export function tell(pod: Pod, url: string, { deadlineMs = 60_000, ...change }: Tell = {}): void {
  const success = [{ from: 200, to: 299 }];
  const reload = { kind: 'http', method: 'POST', url, headers: [], success, deadlineMs, ...change } as const;
  pod.reconfigure({ files: pod.config.files.map((file) => ({ ...file, reload })) });
}

/** A pod of which every file's changes are told. */
export async function toldPod(bao: OpenBaoServer, url: string, change: Tell = {}): Promise<Pod> {
  const pod = await Pod.create(bao, { pollMs: 200 });
  tell(pod, url, change);
  return pod;
}

/** How often a pod's agent has told, failed to tell or given up to tell so far. */
export const result = (pod: Pod, name: 'told' | 'failed' | 'given_up'): Promise<number> =>
  pod.metric(`sidekey_agent_notifications_total{kind="http",result="${name}"}`);

/** Gives the secret a value that it never had, each time. */
export function rotator(bao: OpenBaoServer): () => Promise<string> {
  let serial = 1;
  return async () => {
    serial += 1;
    const value = `${CANARY}-${serial}`;
    await writeSecret(bao, value);
    return value;
  };
}
