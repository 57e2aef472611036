import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { awaitTemplates } from '../../agent/await-templates.ts';
import { Fault } from '../../agent/template/error.ts';
import { SteeredClock } from './steered-clock.ts';

const MINUTE = 60_000;
const PATH = '/vault/custom/api.tmpl';

/** An agent that waits for a template, and what it says. */
function waiting(startDeadlineMs: number | null) {
  const directory = mkdtempSync(join(tmpdir(), 'sidekey-templates-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const terminationLog = join(directory, 'termination-log');
  writeFileSync(terminationLog, '');
  const templateFile = { file: PATH, left: '{{', right: '}}' };
  const file = { name: 'api', volume: '/vault/secrets', path: 'api', mode: 0o644, templateFile };
  const present = new Set<string>();
  const warnings: unknown[] = [];
  const [clock, controller] = [new SteeredClock(), new AbortController()];
  const config = { files: [file], startDeadlineMs, terminationLog };
  const read = (path: string): string => {
    if (!present.has(path)) throw new Fault("the file cannot be read in the agent's container (ENOENT)");
    return '';
  };
  const state = { isOver: false };
  const log = { warn: (fields: object) => warnings.push(fields) } as never;
  const wait = async (): Promise<void> => {
    await awaitTemplates({ config, localFiles: { read }, clock, log, stop: controller.signal });
    state.isOver = true;
  };
  void wait();
  const lastWords = (): string => readFileSync(terminationLog, 'utf8');
  return { clock, controller, present, warnings, state, lastWords };
}

test('a template that is missing is waited for, and told of once, with its path and what to do', async () => {
  const agent = waiting(5 * MINUTE);
  await agent.clock.advance(MINUTE);
  expect(agent.state.isOver).toBe(false);
  expect(agent.lastWords()).toBe(
    `files "api": Cannot read its template ${PATH}: the file cannot be read in the agent's container (ENOENT); expected a file there, of a Secret (agent-extra-secret) or of a mount of the pod (agent-copy-volume-mounts)`,
  );
  expect(agent.warnings).toMatchObject([{ key: 'files "api"' }]);
  agent.present.add(PATH);
  await agent.clock.advance(2000);
  expect(agent.state.isOver).toBe(true);
  expect(agent.lastWords()).toBe('');
});

test('it is waited for until the start deadline, where there is one', async () => {
  const [agent, patient] = [waiting(5 * MINUTE), waiting(null)];
  await agent.clock.advance(5 * MINUTE + 2000);
  await patient.clock.advance(10 * MINUTE);
  expect([agent.state.isOver, patient.state.isOver]).toEqual([true, false]);
  expect(agent.lastWords()).toContain(PATH);
  patient.controller.abort(new Error('the pod ends'));
  await patient.clock.settle();
  expect(patient.state.isOver).toBe(true);
});
