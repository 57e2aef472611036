import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokenIssuer } from '../../test/servers/service-account.ts';
import { Crew } from './crew.ts';
import { injectPod } from './inject.ts';
import { showRotation, watchRotations } from './rotation.ts';
import type { Scene } from './scene.ts';
import { showMetrics, startAgent, startModelServer } from './start.ts';
import { newKey, openStore } from './store.ts';
import type { Story } from './story.ts';

interface Options {
  readonly story: Story;
  /** End after the rotation has been shown, rather than when interrupted. */
  readonly once: boolean;
  readonly interrupted: AbortSignal;
}

/**
 * Plays the whole story on real processes. When it returns or throws, all of them have ended and their files are gone.
 *
 * @throws {Error} If something did not go as it must, or the signal's reason if interrupted before the end of the story.
 */
export async function runDemo({ story, once, interrupted }: Options): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-demo-'));
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  // The agent, which is another user where root started the demo, finds its files here.
  await chmod(directory, 0o711);
  const issuer = createTokenIssuer();
  const key = newKey();
  const store = cleanup.use(await openStore(story, issuer, key));
  const crew = cleanup.use(new Crew());
  const signal = AbortSignal.any([interrupted, crew.signal]);
  const scene: Scene = { story, crew, directory, cleanup, signal };
  signal.throwIfAborted();
  const pod = await injectPod(scene, store);
  const { part, sandbox } = await startAgent(scene, pod, issuer);
  const server = await startModelServer(scene, part, sandbox, key);
  await showMetrics(scene, part);
  await showRotation(scene, store, server);
  if (!once) await watchRotations(scene, store, server, interrupted);
}
