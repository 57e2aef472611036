import { type JsonObject, textIn } from '#contract/json.ts';
import { contains, onDisk, placeOf } from './overlap.ts';

/** True for a variable by which a container runtime is told whose devices a container sees, as each vendor's is. */
export const showsDevices = (variable: JsonObject): boolean =>
  textIn(variable, 'name').endsWith('_VISIBLE_DEVICES');

/** True for a mount that tells NVIDIA's runtime the same, as its name below this place. */
export const mountsDevices = (mount: JsonObject): boolean =>
  contains('/run/nvidia-container-devices', onDisk(placeOf(mount)));
