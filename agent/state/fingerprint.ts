import { createHash } from 'node:crypto';
import { type AgentConfig, serialiseConfig } from '#contract/agent-config.ts';

/** Tells configurations apart: a state saved under another one is not used. */
export function fingerprint(config: AgentConfig): string {
  return createHash('sha256').update(serialiseConfig(config)).digest('base64url');
}
