import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { OpenBaoServer } from '../../test/servers/openbao.ts';
import { admit } from './admission.ts';
import { ensureBundles } from './bundles.ts';
import { startInjector } from './injector.ts';
import { describeInjection, type Pod } from './pod.ts';
import type { Scene } from './scene.ts';

/** Starts the injector and sends it the pod, as an API server would. */
export async function injectPod(
  { story, crew, directory, signal }: Scene,
  store: OpenBaoServer,
): Promise<Pod> {
  story.step('The pod is admitted');
  story.say((await ensureBundles()) ? 'dist/ was missing or stale: built' : 'dist/ is up to date');
  const webhook = await startInjector(store.address, directory, crew, signal);
  story.say(`injector at ${webhook.url}, certificate made on the spot`);
  const text = await readFile(new URL('./pod.yaml', import.meta.url), 'utf8');
  const before = parse(text) as Pod;
  const { pod, operations, warnings } = await admit(before, webhook, signal);
  story.say(`deploy/demo/pod.yaml sent as an AdmissionReview, answered with ${operations} operations`);
  for (const warning of warnings) story.say(`warning: ${warning}`);
  for (const line of describeInjection(before, pod)) story.say(line);
  return pod;
}
