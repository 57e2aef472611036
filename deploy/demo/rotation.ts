import { systemClock } from '#platform/clock.ts';
import type { OpenBaoServer } from '../../test/servers/openbao.ts';
import { ask, until } from './ask.ts';
import { masked, type ModelServer, type Scene } from './scene.ts';
import { newKey, rotate, rotationCommands } from './store.ts';
import { faults } from './verdict.ts';

/** Change to answer: a poll, a render and a question. */
const DEADLINE_MS = 15_000;

/**
 * Rotates the secret and waits for the model server to answer to the new key.
 *
 * @throws {Error} If it never does, was restarted for it, or still takes the old key.
 */
export async function showRotation(
  { story, signal }: Scene,
  store: OpenBaoServer,
  server: ModelServer,
): Promise<void> {
  story.step('The secret is rotated');
  const key = newKey();
  await rotate(store, key);
  const begin = performance.now();
  story.say(`secret/data/ml/api-key written: ${masked(key)}`);
  const after = await until(
    'see the new key',
    { everyMs: 20, withinMs: DEADLINE_MS, signal },
    async () => {
      const answer = await ask(server.url, key, signal);
      return answer.accepted ? answer : undefined;
    },
    () => 'the model server still refuses it',
  );
  const lag = ((performance.now() - begin) / 1000).toFixed(2);
  story.say(
    `the model server answers to ${after.key} ${lag} s later: PID ${after.pid}, model ${after.model}`,
  );
  const withOldKey = await ask(server.url, server.key, signal);
  const found = faults({ before: server.answer, after, withOldKey });
  if (found.length > 0) throw new Error(found.join('\n'));
  story.say(`same PID, same model; the old key ${masked(server.key)} is refused`);
}

/** Tells how to rotate by hand, and of every key that the model server takes up, until interrupted. */
export async function watchRotations(
  scene: Scene,
  store: OpenBaoServer,
  server: ModelServer,
  interrupted: AbortSignal,
): Promise<void> {
  const { story } = scene;
  story.step('Your turn: everything keeps running until Ctrl-C');
  story.say(['rotate the secret:', ...rotationCommands(store)].join('\n'));
  story.say(`ask the model server:\ncurl -sS -H 'Authorization: Bearer my-own-key' ${server.url}`);
  try {
    await reportKeys(scene, server);
  } catch (error) {
    if (error !== interrupted.reason) throw error;
  }
}

async function reportKeys({ story, signal }: Scene, { url, answer }: ModelServer): Promise<never> {
  let { key } = await ask(url, '', signal);
  for (;;) {
    await systemClock.sleep(200, signal);
    const now = await ask(url, '', signal);
    if (now.key !== key) {
      const same = now.pid === answer.pid && now.model === answer.model;
      story.say(
        `the model server answers to ${now.key}: ${same ? 'same PID, same model' : 'it was restarted'}`,
      );
    }
    ({ key } = now);
  }
}
