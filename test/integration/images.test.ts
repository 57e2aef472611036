import { GenericContainer } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../run/command.ts';
import { makeBaseImage } from '../servers/base-image.ts';
import { type Docker, findDocker } from '../servers/docker.ts';

/** What Node itself weighs is not ours to change; the rest is one bundle. */
const MOST_BYTES_OF_OURS = 4 * 1024 * 1024;

let docker: Docker;
let base: string;

beforeAll(async () => {
  docker = await findDocker();
  // Testcontainers looks there. Its reaper is an image that would have to be pulled, its search for the engine's host
  // wants a default bridge.
  if (docker.host !== undefined) process.env['DOCKER_HOST'] = docker.host;
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1';
  base = await makeBaseImage(docker);
}, 600_000);

afterAll(async () => {
  await docker?.[Symbol.asyncDispose]();
});

async function inspect(image: string, format: string): Promise<string> {
  return (await docker.docker('image', 'inspect', '--format', format, image)).trim();
}

/** What each image holds beside Node, but for the parts of the agent's program. */
const BUNDLES = { agent: ['agent-main.cjs', 'agent.cjs', 'sync.cjs'], injector: ['injector.cjs'] };
const PARTS = /^agent-(?!main)[a-z-]+\.cjs$/u;
/** What Node is told before the program: see the Dockerfiles. */
const NODE_OPTIONS = {
  agent: [],
  injector: ['--max-semi-space-size=4', '--heap-growing-percent=10', '--optimize-for-size'],
};
const COMPILED = /\.compiled$/u;

describe.each(['agent', 'injector'] as const)('Dockerfile.%s', (name) => {
  const tag = `localhost/sidekey-${name}:images-test`;
  beforeAll(async () => {
    await GenericContainer.fromDockerfile(ROOT, `Dockerfile.${name}`)
      .withBuildArgs({ BASE: base })
      .build(tag, { deleteOnExit: false });
  }, 600_000);

  test('says who it runs as and what it runs', async () => {
    expect(await inspect(tag, '{{.Config.User}}')).toBe('65532:65532');
    expect(await inspect(tag, '{{json .Config.Entrypoint}}')).toBe(
      JSON.stringify(['/nodejs/bin/node', ...NODE_OPTIONS[name], `/sidekey/${name}.cjs`]),
    );
  });

  test('takes no GPU', async () => {
    expect(await inspect(tag, '{{json .Config.Env}}')).toContain('"NVIDIA_VISIBLE_DEVICES=void"');
  });

  test('adds its bundles to its base and nothing else', async ({ annotate }) => {
    const ours = Number(await inspect(tag, '{{.Size}}')) - Number(await inspect(base, '{{.Size}}'));
    await annotate(`${(ours / 1024).toFixed(0)} KiB on top of the base`);
    expect(ours).toBeGreaterThan(0);
    expect(ours).toBeLessThan(MOST_BYTES_OF_OURS);
  });

  test('runs as a user that is not root, without a shell', async () => {
    const script = [
      'const { readdirSync, existsSync } = require("node:fs")',
      'const shells = ["/bin/sh", "/bin/bash", "/bin/busybox", "/usr/bin/env"].filter(existsSync)',
      'console.log(JSON.stringify({ uid: process.getuid(), gid: process.getgid(), shells, ours: readdirSync("/sidekey") }))',
    ].join(';');
    const run = ['run', '--rm', '--network', 'none', '--entrypoint', '/nodejs/bin/node', tag];
    const output = await docker.docker(...run, '--eval', script);
    const { ours, ...rest } = JSON.parse(output) as { readonly ours: readonly string[] };
    expect(rest).toEqual({ uid: 65_532, gid: 65_532, shells: [] });
    expect(ours.filter((file) => !PARTS.test(file) && !COMPILED.test(file))).toEqual(BUNDLES[name]);
  });

  test('without a configuration, says what is missing and exits with 2', async () => {
    const { code, output } = await docker.attempt(['docker', 'run', '--rm', '--network', 'none', tag]);
    expect(code).toBe(2);
    expect(output).toContain(name === 'agent' ? 'SIDEKEY_CONFIG' : 'SIDEKEY_AGENT_IMAGE');
    expect(output).not.toMatch(/^\s+at /mu);
  });
});

test('what the agent’s image has of compiled programs is what its Node takes', async () => {
  const script = [
    'const { readdirSync, readFileSync } = require("node:fs")',
    'const { Script } = require("node:vm")',
    'const read = (file) => readFileSync("/sidekey/" + file)',
    'const names = readdirSync("/sidekey").filter((file) => file.endsWith(".compiled"))',
    'const code = (file) => "(function (exports, require, module, __filename, __dirname) {" + read(file) + "\\n})"',
    'const taken = (file) => !new Script(code(file.slice(0, -9)), { cachedData: read(file) }).cachedDataRejected',
    'console.log(JSON.stringify(Object.fromEntries(names.map((file) => [file, taken(file)]))))',
  ].join(';');
  const run = ['run', '--rm', '--network', 'none', '--entrypoint', '/nodejs/bin/node'];
  const output = await docker.docker(...run, 'localhost/sidekey-agent:images-test', '--eval', script);
  const taken = JSON.parse(output) as Readonly<Record<string, boolean>>;
  expect(Object.keys(taken)).toEqual(
    expect.arrayContaining(['main', 'serve', 'table'].map((part) => `agent-${part}.cjs.compiled`)),
  );
  expect(new Set(Object.values(taken))).toEqual(new Set([true]));
});

test('the agent’s image is the sync’s, too', async () => {
  const run = ['docker', 'run', '--rm', '--network', 'none', 'localhost/sidekey-agent:images-test'];
  const { code, output } = await docker.attempt([...run, 'sync']);
  expect(code).toBe(2);
  expect(output).toContain('usage: agent sync --config FILE');
});
