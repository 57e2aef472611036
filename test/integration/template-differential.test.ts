import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AgentRun, runBaoAgent } from '../golden/templates/bao-agent.ts';
import { refusedCases, render, renderedCases } from '../golden/templates/corpus.ts';
import { EXCEPTIONS } from '../golden/templates/exceptions.ts';
import { furnishCorpus } from '../golden/templates/furnish.ts';
import { type OpenBaoServer, startOpenBao } from '../servers/openbao.ts';

/** The real agent renders and refuses what the golden files say, and so do we: see `test/golden/templates/`. */
let server: OpenBaoServer;
let rendered: AgentRun;

beforeAll(async () => {
  server = await startOpenBao();
  await furnishCorpus(server);
  rendered = await runBaoAgent(server, renderedCases);
});

afterAll(() => server.stop());

test('the corpus holds enough templates to mean something', () => {
  expect(renderedCases.length).toBeGreaterThanOrEqual(250);
  expect(refusedCases.length).toBeGreaterThanOrEqual(150);
});

test('the real agent renders every template of the corpus in one run', () => {
  expect({ exitCode: rendered.exitCode, files: [...rendered.files.keys()].toSorted() }).toEqual({
    exitCode: 0,
    files: renderedCases.map(({ name }) => name).toSorted(),
  });
});

describe('the real agent and ours write the same bytes', () => {
  test.each(renderedCases)('$name', ({ name, source, expected }) => {
    const theirs = rendered.files.get(name)?.toString('latin1');
    expect(theirs).toBe(expected.toString('latin1'));
    expect(render(source).toString('latin1')).toBe(theirs);
  });
});

describe('the real agent and ours both refuse', () => {
  test.each(refusedCases)('$name', async (refused) => {
    const run = await runBaoAgent(server, [refused]);
    expect(run.exitCode).toBe(1);
    expect(run.files.size).toBe(0);
    expect(run.log).toMatch(/parse: template: |execute: /u);
    expect(() => render(refused.source)).toThrow(/^Cannot (?:parse|render) the template: /u);
  });
});

describe('what differs on purpose still differs', () => {
  test.each(EXCEPTIONS)('$what', async ({ template }) => {
    const source = { text: template, left: '{{', right: '}}' };
    const { exitCode, files } = await runBaoAgent(server, [{ name: 'exception', source }]);
    expect({ exitCode, rendered: files.has('exception') }).toEqual({ exitCode: 0, rendered: true });
  });
});
