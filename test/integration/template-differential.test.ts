import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TemplateSource } from '#contract/agent-config.ts';
import { parseTemplate } from '#contract/template/parse.ts';
import { type AgentRun, runBaoAgent } from '../golden/templates/bao-agent.ts';
import { refusedCases, render, renderedCases } from '../golden/templates/corpus.ts';
import { EXCEPTIONS } from '../golden/templates/exceptions.ts';
import { furnishCorpus } from '../golden/templates/furnish.ts';
import { type OpenBaoServer, startOpenBao } from '../servers/openbao.ts';

/** The real agent renders and refuses what the golden files say, and so do we: see `test/golden/templates/`. */
let server: OpenBaoServer;
let rendered: AgentRun;
let unparsed: AgentRun;

/** What fails before anything is read can be shown to one agent at once. */
const unparsableCases = refusedCases.filter(({ source }) => !isParsable(source));

function isParsable(source: TemplateSource): boolean {
  try {
    return parseTemplate(source) !== undefined;
  } catch (error) {
    // The real agent looks at a pattern, and at how large a number is, when it is used; and it knows functions that ours refuses.
    return /regular expression|integer overflow|is not supported/u.test(String(error));
  }
}

beforeAll(async () => {
  server = await startOpenBao();
  await furnishCorpus(server);
  rendered = await runBaoAgent(server, renderedCases);
  const source = { text: 'nothing is read', left: '{{', right: '}}' };
  unparsed = await runBaoAgent(server, unparsableCases, { last: { name: 'last', source } });
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

describe('the real agent and ours cannot parse', () => {
  test('each of them in one run of an agent, which goes on', () => {
    expect(unparsed.exitCode).toBeNull();
    expect(unparsed.files.size).toBe(0);
  });

  test.each(unparsableCases)('$name', ({ name, source }) => {
    expect(unparsed.log).toContain(`/${name}.tmpl: parse: template: `);
    expect(() => render(source)).toThrow(/^Cannot parse the template: /u);
  });
});

describe('the real agent and ours both refuse', () => {
  test.each(refusedCases.filter((one) => !unparsableCases.includes(one)))('$name', async (refused) => {
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
