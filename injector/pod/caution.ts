import { type JsonObject, objectIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import type { Injection } from '../annotations/injection.ts';
import { acceleratorCautions } from './accelerators.ts';

/** What a pod may ask for, and its author may not have meant. */
export function cautions(pod: JsonObject, injection: Pick<Injection, 'files'>): readonly Problem[] {
  const spec = objectIn(pod, 'spec');
  return [...hostNetworkCautions(spec, injection), ...acceleratorCautions(spec)];
}

function hostNetworkCautions(spec: JsonObject, { files }: Pick<Injection, 'files'>): readonly Problem[] {
  if (spec['hostNetwork'] !== true) return [];
  return files.flatMap(({ reload, reloadKey: key }) => {
    if (reload?.kind !== 'http' || key === undefined) return [];
    const shown = reload.headers.some(({ file }) => file !== undefined)
      ? ', with the secret in its header'
      : '';
    const message = `goes to the node's loopback address, for the pod has hostNetwork: true; whoever listens at ${new URL(reload.url).host} gets it${shown}`;
    return [{ key, message }];
  });
}
