import { describe, expect, test } from 'vitest';
import { createLog } from '#platform/log.ts';
import { ProviderError } from '../../agent/provider/errors.ts';
import { Secret } from '../../agent/secret.ts';
import { revokeTokens } from '../../agent/shutdown.ts';
import { MemoryProvider } from './memory-provider.ts';
import { HOUR, leased, Scene } from './schedule/scene.ts';

const log = createLog('silent', 'agent');

/** Two sessions, one after the other, of a provider that can be asked. */
function twoSessions(provider: MemoryProvider): Scene {
  const scene = new Scene();
  const login = (token: string) =>
    scene.happen({
      type: 'logged_in',
      store: 'vault',
      session: provider.resume(new Secret(token), leased(HOUR)),
    });
  login('old').wait(HOUR / 2);
  login('new');
  return scene;
}

describe('the end', () => {
  test('revokes every token that is still alive', async () => {
    const provider = new MemoryProvider();
    const { state, now } = twoSessions(provider);
    await revokeTokens(state, log, now);
    expect(provider.asked).toEqual(['revoke token old', 'revoke token new']);
  });

  test('leaves those alone that have ended', async () => {
    const provider = new MemoryProvider();
    const { state, now } = twoSessions(provider);
    await revokeTokens(state, log, now + 0.6 * HOUR);
    expect(provider.asked).toEqual(['revoke token new']);
  });

  test('is not held up by a refusal', async () => {
    const provider = new MemoryProvider();
    const { state, now } = twoSessions(provider);
    provider.fault = new ProviderError('forbidden', 'Cannot revoke');
    await expect(revokeTokens(state, log, now)).resolves.toBeUndefined();
  });

  test('waits five seconds for a store that does not answer, no longer', async () => {
    const provider = new MemoryProvider();
    const { state, now } = twoSessions(provider);
    provider.gate = new Promise(() => undefined);
    const begin = performance.now();
    await revokeTokens(state, log, now);
    expect(performance.now() - begin).toBeLessThan(6500);
  }, 10_000);
});
