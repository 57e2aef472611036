import { describe, expect, test } from 'vitest';
import type { SecretSource } from '#contract/secret-source.ts';
import { parseTemplate } from '#contract/template/parse.ts';
import { type FileToRender, renderFiles } from '../../agent/render-files.ts';
import { ProviderError } from '../../agent/provider/errors.ts';
import type { RenderedFile } from '../../agent/render/plan.ts';
import { run, type Step } from '../../agent/run.ts';
import { newState } from '../../agent/schedule/resume.ts';
import type { AgentState, Render } from '../../agent/schedule/state.ts';
import { evaluateSource } from '../../agent/source/evaluate.ts';
import { evaluate } from '../../agent/template/evaluate.ts';
import { FUNCTIONS } from '../../agent/template/functions/table.ts';
import { MemoryProvider } from './memory-provider.ts';
import { SteeredClock } from './steered-clock.ts';

const POLL_MS = 10_000;
const HOUR = 3_600_000;

function file(name: string, text: string): FileToRender {
  const source = { text, left: '{{', right: '}}' };
  const template = parseTemplate(source);
  const spec = { name, volume: '/secrets', path: name, mode: 0o644, template: source };
  return { spec, evaluate: (inputs) => evaluate({ template, functions: FUNCTIONS }, inputs) };
}

function ofSource(name: string, source: SecretSource): FileToRender {
  const spec = { name, volume: '/secrets', path: name, mode: 0o644, source, format: 'raw' } as const;
  return { spec, evaluate: (inputs) => evaluateSource(source, 'raw', inputs) };
}

const key = (path: string): string => `{{ with secret "${path}" }}{{ .Data.key }}{{ end }}`;

/** A running agent with everything around it in memory. */
class Stage {
  readonly clock = new SteeredClock();
  readonly provider = new MemoryProvider();
  readonly commits: Record<string, string>[] = [];
  readonly steps: Step[] = [];
  readonly stop = new AbortController();
  /** What the agent's container holds beside the volumes. */
  readonly local = new Map<string, string>();
  readonly #end: Promise<AgentState>;

  constructor(files: readonly FileToRender[], prepare: (provider: MemoryProvider) => void) {
    prepare(this.provider);
    const providers = new Map([['vault' as const, this.provider]]);
    const made = {
      providers,
      files,
      commit: (rendered: readonly RenderedFile[]) => Promise.resolve(this.#commit(rendered)),
      readFile: (path: string) => this.local.get(path) ?? '',
      env: () => undefined,
      now: () => new Date(this.clock.now()),
    };
    const engine = {
      world: { providers, render: (action: Render) => renderFiles(made, action) },
      clock: this.clock,
      random: () => 0.5,
      observe: (step: Step) => this.steps.push(step),
      endAt: () => Number.POSITIVE_INFINITY,
    };
    this.#end = run(engine, newState(POLL_MS, ['vault']), this.stop.signal);
  }

  end(): Promise<AgentState> {
    this.stop.abort();
    return this.#end;
  }

  /** What the store was asked since the last time. */
  asked(): string[] {
    return this.provider.asked.splice(0);
  }

  #commit(rendered: readonly RenderedFile[]): { changed: string[] } {
    const set = Object.fromEntries(rendered.map(({ name, content }) => [name, content.reveal()]));
    const last = this.commits.at(-1) ?? {};
    const changed = Object.keys(set).filter((name) => set[name] !== last[name]);
    if (changed.length > 0) this.commits.push(set);
    return { changed };
  }
}

describe('the loop', () => {
  test('logs in, reads in parallel what the templates ask for, and commits the whole set once', async () => {
    const stage = new Stage([file('one', key('a')), file('two', key('b'))], ({ secrets }) => {
      secrets.set('a', { text: 'A' }).set('b', { text: 'B' });
    });
    await stage.clock.settle();
    expect(stage.asked()).toEqual(['login', 'read a', 'read b']);
    expect(stage.commits).toEqual([{ one: 'A', two: 'B' }]);
    await stage.end();
  });

  test('reads what only a first secret brings to light, and commits nothing before', async () => {
    const nested = '{{ with secret "a" }}{{ with secret .Data.key }}{{ .Data.key }}{{ end }}{{ end }}';
    const stage = new Stage([file('one', nested)], ({ secrets }) => {
      secrets.set('a', { text: 'b' }).set('b', { text: 'deep' });
    });
    await stage.clock.settle();
    expect(stage.asked()).toEqual(['login', 'read a', 'read b']);
    expect(stage.commits).toEqual([{ one: 'deep' }]);
    await stage.end();
  });

  test('sleeps until something is due', async () => {
    const stage = new Stage([file('one', key('a'))], ({ secrets }) => secrets.set('a', { text: 'A' }));
    await stage.clock.settle();
    stage.asked();
    // The first turn is any of the last three quarters of an interval.
    await stage.clock.advance(0.2 * POLL_MS);
    expect(stage.asked()).toEqual([]);
    stage.provider.secrets.set('a', { text: 'new' });
    await stage.clock.advance(0.8 * POLL_MS + 100);
    expect(stage.asked()).toEqual(['read a']);
    expect(stage.commits.at(-1)).toEqual({ one: 'new' });
    await stage.end();
  });

  test('keeps the files while the store is down, and goes on when it is back', async () => {
    const stage = new Stage([file('one', key('a'))], ({ secrets }) => secrets.set('a', { text: 'A' }));
    await stage.clock.settle();
    stage.provider.fault = new ProviderError('unreachable', 'Cannot connect');
    await stage.clock.advance(HOUR);
    expect(stage.commits).toEqual([{ one: 'A' }]);
    stage.provider.fault = undefined;
    stage.provider.secrets.set('a', { text: 'B' });
    await stage.clock.advance(30_000);
    expect(stage.commits).toEqual([{ one: 'A' }, { one: 'B' }]);
    await stage.end();
  });

  test('brings the other files up to date when one of them cannot be', async () => {
    const picky = '{{ with secret "b" }}{{ index (split "," .Data.key) 1 }}{{ end }}';
    const stage = new Stage([file('one', key('a')), file('two', picky)], ({ secrets }) => {
      secrets.set('a', { text: 'A' }).set('b', { text: 'x,y' });
    });
    await stage.clock.settle();
    stage.provider.secrets.set('a', { text: 'A2' }).set('b', { text: 'x' });
    await stage.clock.advance(POLL_MS);
    expect(stage.commits.at(-1)).toEqual({ one: 'A2', two: 'y' });
    expect(stage.steps.at(-1)?.after.files.get('two')?.failure?.code).toBe('template');
    await stage.end();
  });

  test('keeps the last content of a file whose key is gone, and says which keys there are', async () => {
    const one = ofSource('one', { store: 'vault', path: 'a', key: 'key' });
    const stage = new Stage([one, file('two', key('b'))], ({ secrets }) => {
      secrets.set('a', { text: 'A' }).set('b', { text: 'B' });
    });
    await stage.clock.settle();
    stage.provider.secrets.set('a', { text: 's3cret', key: 'renamed' }).set('b', { text: 'B2' });
    await stage.clock.advance(POLL_MS);
    expect(stage.commits).toEqual([
      { one: 'A', two: 'B' },
      { one: 'A', two: 'B2' },
    ]);
    expect(stage.steps.at(-1)?.after.files.get('one')?.failure).toEqual({
      code: 'format',
      message: 'File "one": Cannot write vault:a#key as raw: there is no such key among 1: "renamed"',
      transient: false,
    });
    await stage.end();
  });

  test('commits nothing before every file can be made', async () => {
    const stage = new Stage([file('one', key('a')), file('two', key('absent'))], ({ secrets }) => {
      secrets.set('a', { text: 'A' });
    });
    await stage.clock.advance(HOUR);
    expect(stage.commits).toEqual([]);
    stage.provider.secrets.set('absent', { text: 'here' });
    await stage.clock.advance(30_000);
    expect(stage.commits).toEqual([{ one: 'A', two: 'here' }]);
    await stage.end();
  });

  test('replaces token and lease before the old ones end, and renews the new lease', async () => {
    const stage = new Stage([file('one', key('db'))], (provider) => {
      provider.token = { kind: 'leased', ttlMs: HOUR, renewable: false };
      provider.secrets.set('db', {
        text: 'u1',
        lifetime: { kind: 'leased', ttlMs: HOUR, renewable: true },
        leaseId: 'l1',
      });
    });
    await stage.clock.settle();
    stage.asked();
    stage.provider.secrets.set('db', {
      text: 'u2',
      lifetime: { kind: 'leased', ttlMs: HOUR, renewable: true },
      leaseId: 'l2',
    });
    await stage.clock.advance(HOUR / 2);
    expect(stage.asked()).toContain('login');
    expect(stage.commits.at(-1)).toEqual({ one: 'u2' });
    const state = await stage.end();
    expect(state.stores.get('vault')).toMatchObject({ current: { id: 2 }, former: [{ id: 1 }] });
  });

  test('ends at once when asked to, in the middle of a request', async () => {
    const stage = new Stage([file('one', key('a'))], (provider) => {
      provider.gate = new Promise(() => undefined);
    });
    await stage.clock.settle();
    expect(stage.asked()).toEqual(['login']);
    const state = await stage.end();
    expect(state.stores.get('vault')?.current).toBeUndefined();
    expect(stage.steps.map(({ event }) => event.type)).toEqual(['rendered']);
  });

  test('shows every event with the states before and after', async () => {
    const stage = new Stage([file('one', key('a'))], ({ secrets }) => secrets.set('a', { text: 'A' }));
    await stage.clock.settle();
    const state = await stage.end();
    expect(stage.steps.map(({ event }) => event.type)).toEqual(['rendered', 'logged_in', 'read', 'rendered']);
    expect(stage.steps.at(-1)?.after).toBe(state);
    const { steps } = stage;
    expect(steps.slice(1).map(({ before }) => before)).toEqual(steps.slice(0, -1).map(({ after }) => after));
  });
});
