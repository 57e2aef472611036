import { Session } from 'node:inspector';

/** Where a step counts: in what makes templates, and in what they are made of. */
const COUNTED = /\/(?:agent|contract)\/[^?]+\.ts/u;

/** Opened once: the platform looks through all that it has compiled when counting begins. */
const counting = begin();

function begin(): Session {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return session;
}

/**
 * How much work each action is: how many blocks of this program's own code it runs, loops counted each time. That is the same
 * number on every machine, however busy, which no time would be. What the platform does inside one call is not seen.
 */
export function stepsOf(...actions: readonly (() => void)[]): readonly number[] {
  blocksRun();
  return actions.map((action) => {
    action();
    return blocksRun();
  });
}

/** Since it was asked last. */
function blocksRun(): number {
  let sum = 0;
  counting.post('Profiler.takePreciseCoverage', (error, { result }) => {
    if (error) throw error;
    const scripts = result.filter(({ url }) => COUNTED.test(url) && !url.includes('node_modules'));
    const ranges = scripts.flatMap(({ functions }) => functions.flatMap((one) => one.ranges));
    sum = ranges.reduce((total, { count }) => total + count, 0);
  });
  return sum;
}
