import type { JsonObject } from '#contract/json.ts';
import { containersClass, hasPodResources, limitsCpu } from './qos.ts';
import { memoryLimit } from './sizes.ts';

/** A fraction, so that static CPU management gives no core of the model server's away. */
const GUARANTEED_CPU = '100m';
const BURSTABLE_REQUESTS = { cpu: '20m', memory: '64Mi' } as const;
/** Room for a quick start, which the model server waits for. */
const BURSTABLE_CPU_LIMIT = '500m';

/** Resources that leave the QoS class of a pod as it is without the agent, which fills so many directories. */
export function agentResources(spec: JsonObject, directories: number): JsonObject {
  if (hasPodResources(spec)) return {};
  const qos = containersClass(spec);
  if (qos === 'BestEffort') return {};
  const memory = memoryLimit(directories);
  const guaranteed = { cpu: GUARANTEED_CPU, memory };
  if (qos === 'Guaranteed') return { limits: guaranteed, requests: guaranteed };
  const cpuLimit = limitsCpu(spec) ? { cpu: BURSTABLE_CPU_LIMIT } : {};
  return { limits: { ...cpuLimit, memory }, requests: BURSTABLE_REQUESTS };
}
