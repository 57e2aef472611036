import { build } from 'rolldown';
import bundles from '../../rolldown.config.ts';

/** Set where they were built already, and suites that run side by side would write them under each other's hands. */
export const BUNDLES_ARE_BUILT = 'TEST_BUNDLES_ARE_BUILT';

/** Before the suites that run our processes and images: the bundles are made of the sources as they are now. */
export default async function writeBundles(): Promise<void> {
  if (process.env[BUNDLES_ARE_BUILT] === undefined) await build(bundles);
}
