import { describe, expect, test } from 'vitest';
import { createLog } from '#platform/log.ts';
import { ProviderError } from '../../agent/provider/errors.ts';
import type { Lifetime } from '../../agent/schedule/lifetime.ts';
import { Secret } from '../../agent/secret.ts';
import { revokeTokens } from '../../agent/shutdown.ts';
import { MemoryProvider } from './memory-provider.ts';
import { HOUR, leased, Scene } from './schedule/scene.ts';

const log = createLog('silent', 'agent');

const LASTING: Lifetime = { kind: 'leased', ttlMs: 10 * HOUR, renewable: true, lasting: true };

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

  test('revokes the leases that would outlive their token before it, under the session in use', async () => {
    const provider = new MemoryProvider();
    const scene = twoSessions(provider);
    scene.miss('a', 'b').read('a', LASTING, { leaseId: 'used' }).read('b', LASTING, { leaseId: 'replaced' });
    scene.read('b', LASTING, { leaseId: 'next' }).render();
    await revokeTokens(scene.state, log, scene.now);
    expect(provider.asked.slice(0, 3).toSorted()).toEqual([
      'revoke next new',
      'revoke replaced new',
      'revoke used new',
    ]);
    expect(provider.asked.slice(3)).toEqual(['revoke token old', 'revoke token new']);
  });

  test('leaves such leases to end by themselves if no session is alive any more', async () => {
    const provider = new MemoryProvider();
    const scene = twoSessions(provider).miss('a').read('a', LASTING, { leaseId: 'used' }).render();
    await revokeTokens(scene.state, log, scene.now + 2 * HOUR);
    expect(provider.asked).toEqual([]);
  });

  test('revokes the tokens though the leases cannot be', async () => {
    const provider = new MemoryProvider();
    const scene = twoSessions(provider).miss('a').read('a', LASTING, { leaseId: 'used' }).render();
    provider.fault = new ProviderError('not_found', 'Cannot revoke');
    await revokeTokens(scene.state, log, scene.now);
    expect(provider.asked).toEqual(['revoke used new', 'revoke token old', 'revoke token new']);
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
    const scene = twoSessions(provider).miss('a').read('a', LASTING, { leaseId: 'used' }).render();
    const { state, now } = scene;
    provider.gate = new Promise(() => undefined);
    const begin = performance.now();
    await revokeTokens(state, log, now);
    expect(performance.now() - begin).toBeLessThan(6500);
  }, 10_000);
});
