import { join } from 'node:path';
import { type RecordedWorld, recordedWorld } from '../../servers/infisical/recorded-world.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { type ConfigChange, furnish, Pod, REQUEST_MS } from './stage.ts';

/** A Vault and an Infisical that the agent of these tests may log in to. */
export interface TwoStores extends AsyncDisposable {
  readonly bao: OpenBaoServer;
  readonly infisical: RecordedWorld;
  /** A pod whose agent logs in to both with the same service-account token. */
  pod(change: ConfigChange): Promise<Pod>;
  /** Writes a secret of Infisical's `dev` environment. */
  write(folder: string, key: string, value: string): void;
}

export async function startTwoStores(): Promise<TwoStores> {
  const bao = await startOpenBao({ storage: 'disk' });
  await furnish(bao);
  const infisical = await recordedWorld({ kubernetes: { namespaces: ['ml'], names: ['inference'] } });
  const { fake, project, identity } = infisical;
  fake.identities.review = reviewed;
  return {
    bao,
    infisical,
    pod: async (change) => {
      const pod = await Pod.create(bao, change);
      const tokenFile = join(pod.directory, 'token');
      const auth = { method: 'kubernetes', identityId: identity.id, tokenFile } as const;
      pod.reconfigure({ infisical: { address: fake.address, auth, timeoutMs: REQUEST_MS } });
      return pod;
    },
    write: (folder, key, value) =>
      void fake.projects.put(fake.projects.folder(project, 'dev', folder), key, value),
    [Symbol.asyncDispose]: async () => {
      await fake.close();
      await bao.stop();
    },
  };
}

/** What an API server says of a token: here without looking at its signature. */
function reviewed(jwt: string): { namespace: string; name: string } {
  const payload = Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString();
  const claims = JSON.parse(payload) as {
    'kubernetes.io': { namespace: string; serviceaccount: { name: string } };
  };
  const { namespace, serviceaccount } = claims['kubernetes.io'];
  return { namespace, name: serviceaccount.name };
}
