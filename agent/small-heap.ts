import type { Step } from './run.ts';

/**
 * Keeps the memory of the process flat, from the first render on. V8 doubles the space for new objects whenever some of them
 * live on, as answers do that are under way, and hardly ever gives it back: an agent that polls grows by tens of megabytes
 * within minutes or weeks, of which it has no use. What is collected more often then is so little that no CPU time is lost.
 */
export function keepHeapSmall({ before, after }: Step): void {
  if (before.render.firstAt !== undefined || after.render.firstAt === undefined) return;
  // Not before, for a pod waits until then, and the module takes milliseconds; compiled code cannot import.
  growBy(1);
}

/** As V8 has it by itself. It takes compiled code only from an engine that has the same flags as it has itself. */
export const letHeapGrow = (): void => growBy(2);

function growBy(factor: number): void {
  process.getBuiltinModule('node:v8').setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}
