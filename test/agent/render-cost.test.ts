import { describe, expect, test } from 'vitest';
import { parseTemplate } from '#contract/template/parse.ts';
import { type FileToRender, renderFiles } from '../../agent/render-files.ts';
import { plan } from '../../agent/schedule/plan.ts';
import { reduce } from '../../agent/schedule/reduce.ts';
import { newState } from '../../agent/schedule/resume.ts';
import type { AgentState, Event, Render, Rendered } from '../../agent/schedule/state.ts';
import { Secret } from '../../agent/secret.ts';
import { evaluate } from '../../agent/template/evaluate.ts';
import { FUNCTIONS } from '../../agent/template/functions/table.ts';
import { sessionWith } from './schedule/simulation.ts';

const VOLUME = '/vault/secrets';

/** How often templates were evaluated, and the set of them as a whole; and how many files there are of it. */
interface Count {
  evaluations: number;
  renders: number;
  committed: number;
}

function fileOf(index: number, text: string, count: Count): FileToRender {
  const source = { text, left: '{{', right: '}}' };
  const template = parseTemplate(source);
  const name = `f${index}`;
  return {
    spec: { name, volume: VOLUME, path: name, mode: 0o644, template: source },
    evaluate: (inputs) => {
      count.evaluations += 1;
      return evaluate({ template, functions: FUNCTIONS }, inputs);
    },
  };
}

/** An agent with its store, from the start until the files are there. Each secret names the next of a chain. */
async function start(templates: readonly string[]): Promise<Count> {
  const count: Count = { evaluations: 0, renders: 0, committed: 0 };
  const files = templates.map((text, index) => fileOf(index, text, count));
  const world = {
    providers: new Map([['vault' as const, {} as never]]),
    files,
    commit: (set: readonly { name: string }[]) => {
      count.committed = set.length;
      return Promise.resolve({ changed: set.map(({ name }) => name) });
    },
    readFile: () => '',
    env: () => undefined,
    now: () => new Date(0),
  };
  const render = (action: Render): Promise<Rendered> => {
    count.renders += 1;
    return renderFiles(world, action);
  };
  let state: AgentState = newState(60_000, ['vault']);
  while (count.committed === 0) state = await turn(state, render);
  return count;
}

async function turn(before: AgentState, render: (action: Render) => Promise<Rendered>): Promise<AgentState> {
  const events: Event[] = [];
  for (const action of plan(before, 0).actions) {
    if (action.type === 'login')
      events.push({ type: 'logged_in', store: 'vault', session: sessionWith('token', { kind: 'static' }) });
    if (action.type === 'render') events.push(await render(action));
    if (action.type !== 'read') continue;
    const { ref, key } = action;
    const data = new Map([
      ['next', `${ref.path}/n`],
      ['k', ref.path],
    ]);
    const reading = { value: new Secret(new Map([['data', data]])), lifetime: { kind: 'polled' as const } };
    events.push({ type: 'read', key, session: action.session.id, reading });
  }
  return events.reduce((state, event) => reduce(state, event, 0, () => 0.5), before);
}

const one = (index: number): string => `{{ with secret "kv/${index}" }}{{ .Data.k }}{{ end }}`;
const chain = (index: number): string =>
  `{{ with secret "kv/${index}" }}{{ with secret .Data.next }}{{ with secret .Data.next }}{{ .Data.k }}{{ end }}{{ end }}{{ end }}`;
const many = (count: number, text: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => text(index));

describe('a template is evaluated once to learn what it needs, and once more when all of that is there', () => {
  test.each([1, 10, 100, 1000])('each of %i', async (size) => {
    expect(await start(many(size, one))).toEqual({ evaluations: 2 * size, renders: 2, committed: size });
  });

  test.each([1, 10, 100])('and once for each secret that only another names: each of %i', async (size) => {
    expect(await start(many(size, chain))).toEqual({ evaluations: 4 * size, renders: 4, committed: size });
  });

  test('also where it is made of the file of another, as all of them are in turn', async () => {
    const texts = many(100, (index) => (index === 0 ? one(0) : `{{ file "${VOLUME}/f${index - 1}" }}`));
    expect(await start(texts)).toEqual({ evaluations: 200, renders: 2, committed: 100 });
  });
});
