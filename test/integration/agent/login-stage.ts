import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { VaultAuth } from '#contract/vault-auth.ts';
import {
  type AppRole,
  type ClientAuthority,
  mountAppRole,
  mountCertificateAuth,
  type TokenTerms,
} from '../../servers/login-methods.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { writePolicy } from '../../servers/service-account.ts';
import { AGENT_UID, Pod, writeSecret } from './stage.ts';

const PATH = 'secret/data/ml/api-key';
const TEMPLATES = { key: `{{ with secret "${PATH}" }}{{ .Data.data.key }}{{ end }}` };

/** A server whose tokens live as long as told, and a way to make proofs for it. */
export interface LoginStage {
  readonly bao: OpenBaoServer;
  readonly appRole: AppRole;
  readonly clients: ClientAuthority;
  readonly terms: TokenTerms;
}

export async function openLoginStage(ttl: string, maxTtl: string): Promise<LoginStage> {
  const bao = await startOpenBao({ tls: true });
  const terms = { policies: ['ml'], ttl, maxTtl };
  await writePolicy(bao.api, 'ml', { 'secret/data/ml/*': ['read'] });
  await writeSecret(bao, 'the key');
  const appRole = await mountAppRole(bao.api, terms);
  const clients = await mountCertificateAuth(bao.api, terms);
  return { bao, appRole, clients, terms };
}

/** A pod whose agent logs in as told, with a directory of its own for what it logs in with. */
export async function podOf(
  { bao }: LoginStage,
  furnish: (proofs: string) => Promise<VaultAuth>,
): Promise<Pod & { readonly proofs: string }> {
  const pod = await Pod.create(bao, { templates: TEMPLATES });
  const proofs = join(pod.directory, 'proofs');
  await mkdir(proofs);
  await chown(proofs, AGENT_UID, AGENT_UID);
  const { vault } = pod.config;
  if (!vault) throw new Error('The pod has no Vault');
  pod.reconfigure({ vault: { ...vault, caPem: bao.caPem ?? '', auth: await furnish(proofs) } });
  return Object.assign(pod, { proofs });
}
