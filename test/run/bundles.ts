import { build } from 'rolldown';
import bundles from '../../rolldown.config.ts';

/** Before the suites that run our processes and images: the bundles are made of the sources as they are now. */
export default async function writeBundles(): Promise<void> {
  await build(bundles);
}
