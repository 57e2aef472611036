import type { TokenIssuer } from '../../test/servers/service-account.ts';
import { ask, look, untilReady } from './ask.ts';
import type { Pod } from './pod.ts';
import { demandFreePort } from './port.ts';
import { openNamespace, openPrefix, type Sandbox } from './sandbox.ts';
import type { ModelServer, Scene } from './scene.ts';
import { agentCommand, type AgentPart, agentPart, layOut, modelServerCommand } from './workload.ts';

/** Starts the agent as the patched pod says, and waits until it has rendered. */
export async function startAgent(
  scene: Scene,
  pod: Pod,
  issuer: TokenIssuer,
): Promise<{ readonly part: AgentPart; readonly sandbox: Sandbox }> {
  const { story, crew, directory, cleanup, signal } = scene;
  story.step('The agent starts');
  const part = agentPart(pod);
  const layout = await layOut(part, issuer, directory);
  const namespace = await openNamespace(layout, directory, crew, signal);
  if (typeof namespace === 'string') story.say(`No namespace of its own: ${namespace}`);
  const sandbox = typeof namespace === 'string' ? await openPrefix(layout, directory, cleanup) : namespace;
  story.say(`in ${sandbox.description}`);
  await demandFreePort(part.config.adminPort, 'the agent');
  const command = await agentCommand(part, sandbox);
  const { pid } = await crew.start('the agent', command);
  story.say(`entry point of Dockerfile.agent with args ${JSON.stringify(part.container.args)}, PID ${pid}`);
  await untilReady('the agent', `${adminUrl(part)}/readyz`, signal);
  story.say('/readyz answers 200: the startup probe lets the model server start');
  return { part, sandbox };
}

/** Starts the application, whose first instruction reads the key. */
export async function startModelServer(
  { story, crew, signal }: Scene,
  part: AgentPart,
  sandbox: Sandbox,
  key: string,
): Promise<ModelServer> {
  story.step('The model server starts');
  const process = await crew.start('the model server', modelServerCommand(part, sandbox));
  const url = `http://127.0.0.1:${await process.output.line(/^listening on (\d+)$/mu, signal)}/`;
  const answer = await ask(url, key, signal);
  story.say(`PID ${answer.pid}, model ${answer.model} loaded in ${answer.loadedInMs} ms, at ${url}`);
  if (!answer.accepted) throw new Error(`Cannot use the model server: it goes by the key ${answer.key}`);
  story.say(`it answers to the key ${answer.key}`);
  return { url, key, answer };
}

export async function showMetrics({ story, signal }: Scene, part: AgentPart): Promise<void> {
  story.step('What Prometheus sees');
  const url = `${adminUrl(part)}/metrics`;
  const page = await look(url, signal);
  const metric = /^sidekey_agent_first_render_seconds .*$/mu.exec(page?.body ?? '')?.[0];
  if (metric === undefined) throw new Error(`Cannot read the time of the first render from ${url}`);
  story.say(url);
  story.say(metric);
}

const adminUrl = ({ config }: AgentPart): string => `http://127.0.0.1:${config.adminPort}`;
