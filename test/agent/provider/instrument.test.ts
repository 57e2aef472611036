import { describe, expect, test } from 'vitest';
import { createMetrics } from '#platform/metrics.ts';
import { AGENT_METRICS } from '../../../agent/metrics.ts';
import { ProviderError } from '../../../agent/provider/errors.ts';
import { withMetrics } from '../../../agent/provider/instrument.ts';
import { Secret } from '../../../agent/secret.ts';
import { MemoryProvider } from '../memory-provider.ts';
import { refTo } from '../schedule/scene.ts';
import { SteeredClock } from '../steered-clock.ts';

const NEVER = new AbortController().signal;

function stage() {
  const memory = new MemoryProvider();
  memory.secrets.set('a', { text: 'A' });
  const metrics = createMetrics(AGENT_METRICS);
  const clock = new SteeredClock();
  const provider = withMetrics('vault', memory, metrics, clock);
  const value = async (series: string): Promise<number> => {
    const line = (await metrics.expose()).split('\n').find((text) => text.startsWith(`${series} `));
    return Number(line?.slice(series.length + 1));
  };
  return { memory, provider, value, clock };
}

describe('a provider with metrics', () => {
  test('answers as the one inside', async () => {
    const { provider, memory } = stage();
    const session = await provider.login(NEVER);
    expect(session.token.reveal()).toBe('token-1');
    expect(session.lifetime).toBe(memory.token);
    expect((await session.read(refTo('a'), NEVER)).value.reveal().get('data')).toEqual(
      new Map([['key', 'A']]),
    );
  });

  test('counts requests by operation, those of a resumed session too', async () => {
    const { provider, value } = stage();
    const session = provider.resume(new Secret('token'), { kind: 'static' });
    await session.read(refTo('a'), NEVER);
    await session.renew({ kind: 'token' }, NEVER);
    await session.revoke({ kind: 'token' }, NEVER);
    for (const operation of ['read', 'renew', 'revoke'])
      expect(await value(`sidekey_agent_store_requests_total{operation="${operation}"}`)).toBe(1);
    expect(await value('sidekey_agent_store_requests_total{operation="login"}')).toBe(0);
    expect(await value('sidekey_agent_store_up{store="vault"}')).toBe(1);
  });

  test('counts failures by reason and passes them on', async () => {
    const { provider, memory, value } = stage();
    memory.fault = new ProviderError('sealed', 'Cannot log in');
    await expect(provider.login(NEVER)).rejects.toBe(memory.fault);
    expect(await value('sidekey_agent_store_errors_total{reason="sealed"}')).toBe(1);
    expect(await value('sidekey_agent_store_up{store="vault"}')).toBe(0);
  });

  test('takes a refusal for a sign of life', async () => {
    const { provider, memory, value } = stage();
    memory.fault = new ProviderError('forbidden', 'Cannot log in');
    await expect(provider.login(NEVER)).rejects.toBe(memory.fault);
    expect(await value('sidekey_agent_store_up{store="vault"}')).toBe(1);
  });

  test('times requests in seconds', async () => {
    const { provider, memory, clock, value } = stage();
    let open: () => void = () => undefined;
    memory.gate = new Promise((resolve) => (open = resolve));
    const login = provider.login(NEVER);
    await clock.advance(50);
    open();
    await login;
    expect(await value('sidekey_agent_store_request_seconds_sum')).toBe(0.05);
  });
});
