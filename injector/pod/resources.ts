import type { JsonObject } from '#contract/json.ts';
import { hasPodResources, limitsCpu, qosClass } from './qos.ts';
import { MEMORY_LIMIT } from './sizes.ts';

/** A fraction, so that static CPU management gives no core of the model server's away. */
const GUARANTEED = { cpu: '100m', memory: MEMORY_LIMIT } as const;
const BURSTABLE_REQUESTS = { cpu: '20m', memory: '64Mi' } as const;
/** Room for a quick start, which the model server waits for. */
const BURSTABLE_CPU_LIMIT = '500m';

/** Resources that leave the QoS class of a pod as it is without the agent. */
export function agentResources(spec: JsonObject): JsonObject {
  if (hasPodResources(spec)) return {};
  const qos = qosClass(spec);
  if (qos === 'BestEffort') return {};
  if (qos === 'Guaranteed') return { limits: GUARANTEED, requests: GUARANTEED };
  const cpuLimit = limitsCpu(spec) ? { cpu: BURSTABLE_CPU_LIMIT } : {};
  return { limits: { ...cpuLimit, memory: MEMORY_LIMIT }, requests: BURSTABLE_REQUESTS };
}
