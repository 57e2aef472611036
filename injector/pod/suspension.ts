import type { JsonObject } from '#contract/json.ts';
import { POD_DIRECTORY, VOLUME } from '#contract/layout.ts';
import { native } from '../annotations/families.ts';
import { FILE_MODE, type Injection } from '../annotations/injection.ts';

const FILE = 'suspend';

type Asks = Pick<Injection, 'suspend' | 'mode'>;

/** Somebody who says something of it at all may say something else later, and the agent is to hear of that. */
const asks = ({ suspend, mode }: Asks): boolean => suspend !== undefined && mode === 'run';

/** The file in which the agent finds the annotation as it is at present: the kubelet keeps it up to date. */
export const suspendFile = (injection: Asks): { readonly suspendFile?: string } =>
  asks(injection) ? { suspendFile: `${POD_DIRECTORY}/${FILE}` } : {};

export function podVolume(injection: Asks): readonly JsonObject[] {
  if (!asks(injection)) return [];
  const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.annotations['${native('suspend')}']` };
  return [{ name: VOLUME.pod, downwardAPI: { items: [{ path: FILE, fieldRef }], defaultMode: FILE_MODE } }];
}

export const podMount = (injection: Asks): readonly JsonObject[] =>
  asks(injection) ? [{ name: VOLUME.pod, mountPath: POD_DIRECTORY, readOnly: true }] : [];
